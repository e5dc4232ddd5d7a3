#include "web/pages.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <stdexcept>

#include "assets.h"
#include "layout/sources.h"

namespace {

using web::Model;
using web::Page;

const std::filesystem::path web_folder = POSTERN_SOURCE_DIR "/fcgi_app/web";

constexpr std::array all_pages{
    Page::register_,
    Page::verify,
    Page::verify_code,
    Page::verify_elsewhere,
    Page::verify_dead,
    Page::login,
    Page::logout,
    Page::reset_password,
    Page::reset_password_sent,
    Page::reset_password_confirm,
    Page::reset_password_dead,
    Page::account,
    Page::password,
    Page::mailbox,
    Page::error,
};

std::vector<std::string> found(const std::string& text, const std::string& pattern) {
    const std::regex regex(pattern);
    std::vector<std::string> result;
    for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match) {
        result.push_back(match->str(match->size() > 1 ? 1 : 0));
    }
    return result;
}

bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::string render(Page page, const Model& model = {}) {
    static const web::Pages pages;
    return pages.render(page, model);
}

Model refused(std::string_view field, std::string_view section) {
    Model model;
    model.add("ERRORS", Model().set("FIELD", field).set("TEXT", "Please look again."));
    model.add(section, Model().set("TEXT", "Please look again."));
    return model;
}

std::string failure_of(std::vector<web::Template> templates) {
    try {
        const web::Pages pages(templates);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "";
}

// ---- what the templates say about themselves ----

using Names = std::map<std::string, char>;  // name → '#' section or list, '>' include, ' ' value

std::map<std::string, std::string> template_sources() {
    std::map<std::string, std::string> sources;
    for (const auto& entry : std::filesystem::directory_iterator(web_folder / "templates")) {
        if (entry.path().extension() != ".tpl") continue;
        sources[entry.path().filename().string()] = layout::read_file(entry.path());
    }
    return sources;
}

Names declared_names(const std::string& source) {
    static const std::regex line("\n +([A-Z_]+) +(value|section|list|include)\\b");
    const std::string comment = source.substr(0, source.find("\n}}"));
    Names names;
    for (std::sregex_iterator match(comment.begin(), comment.end(), line), end; match != end;
         ++match) {
        const std::string kind = match->str(2);
        names[match->str(1)] = kind == "value" ? ' ' : kind == "include" ? '>' : '#';
    }
    return names;
}

Names used_names(const std::string& source) {
    static const std::regex marker("\\{\\{([#>]?)([A-Z_]+)(?::pre_escape)?\\}\\}");
    Names names;
    for (std::sregex_iterator match(source.begin(), source.end(), marker), end; match != end;
         ++match) {
        names[match->str(2)] = match->length(1) == 0 ? ' ' : match->str(1).front();
    }
    return names;
}

bool has(const Names& names, const Names::value_type& wanted) {
    const auto name = names.find(wanted.first);
    return name != names.end() && name->second == wanted.second;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pages_test)

BOOST_AUTO_TEST_CASE(a_template_that_would_not_be_escaped_is_refused) {
    BOOST_TEST(holds(failure_of({{"login.tpl", "<p>{{EMAIL}}</p>\n"}}), "login.tpl:1:"));
    BOOST_TEST(holds(failure_of({{"login.tpl", "\n{{%AUTOESCAPE context=\"HTML\"}}\n"}}), ":1:"));
    BOOST_TEST(holds(failure_of({{"a.tpl", "{{%AUTOESCAPE context=\"JAVASCRIPT\"}}\n"}}), ":1:"));
}

BOOST_AUTO_TEST_CASE(a_template_that_does_not_parse_is_refused) {
    const std::string torn = "{{%AUTOESCAPE context=\"HTML\"}}\n{{#OPEN}}never closed\n";
    BOOST_TEST(holds(failure_of({{"torn.tpl", torn}}), "torn.tpl: does not parse"));
}

BOOST_AUTO_TEST_CASE(a_page_without_its_template_is_a_failure_and_not_half_a_page) {
    const std::vector<web::Template> only_frame{
        {"frame.tpl", "{{%AUTOESCAPE context=\"HTML\"}}\n<main>{{>CONTENT_OF_PAGE}}</main>\n"}};
    const web::Pages pages(only_frame);
    BOOST_CHECK_THROW((void)pages.render(Page::login, {}), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(markup_in_a_value_stays_text) {
    const std::string evil = "\"><script>alert('1')</script>";
    Model model;
    for (const char* name : {"SITE_NAME", "THEME", "EMAIL", "TITLE", "TEXT", "CURRENT_PATH",
                             "RETURN_TO", "TOKEN", "NAME", "REQUEST_ID"}) {
        model.set(name, evil);
    }
    model.add("SIGNED_IN", Model().set("ACCOUNT_LABEL", evil));
    model.add("ERRORS", Model().set("FIELD", evil).set("TEXT", evil));
    for (const Page page : all_pages) {
        const std::string html = render(page, model);
        BOOST_TEST_CONTEXT(web::template_of(page)) {
            BOOST_TEST(!holds(html, "<script"));
            BOOST_TEST(holds(html, "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_link_cannot_become_a_script) {
    Model model;
    model.add("MAILS", Model().add("LINK", Model().set("HREF", "javascript:alert(1)")));
    BOOST_TEST(!holds(render(Page::mailbox, model), "javascript"));
}

BOOST_AUTO_TEST_CASE(line_breaks_of_a_mail_are_kept) {
    Model model;
    model.add("MAILS", Model().set("TEXT", "Hello,\n\n  indented\n"));
    BOOST_TEST(holds(render(Page::mailbox, model), "<pre>Hello,\n\n  indented\n</pre>"));
}

BOOST_AUTO_TEST_CASE(what_is_not_set_is_empty_and_what_is_not_shown_is_absent) {
    const std::string html = render(Page::login);
    BOOST_TEST(holds(html, "name=\"email\" value=\"\""));
    BOOST_TEST(!holds(html, "{{"));
    BOOST_TEST(!holds(html, "role=\"status\""));
    BOOST_TEST(!holds(html, " checked"));
}

BOOST_AUTO_TEST_CASE(a_value_that_is_set_again_counts_as_it_was_set_last) {
    const Model model = Model().set("NAME", "as stored").set("NAME", "as typed");
    BOOST_TEST(holds(render(Page::account, model), "name=\"name\" value=\"as typed\""));
}

BOOST_AUTO_TEST_CASE(what_pages_have_in_common_is_in_each_and_the_model_goes_before_it) {
    const web::Pages pages(Model().set("SITE_NAME", "Hollow Hill").show("REGISTRATION_OPEN"));
    for (const Page page : all_pages) {
        BOOST_TEST(holds(pages.render(page, {}), " · Hollow Hill</title>"));
        BOOST_TEST(holds(pages.render(page, Model().set("SITE_NAME", "Elsewhere")),
                         " · Elsewhere</title>"));
    }
    BOOST_TEST(holds(pages.render(Page::login, Model().show("ANONYMOUS")), ">Register</a>\n"));
}

BOOST_AUTO_TEST_CASE(an_item_of_a_list_shows_its_own_values_and_what_stands_around_it) {
    const auto session = [](const char* device) {
        return Model().set("DEVICE", device).set("LAST", "today").show("OTHER");
    };
    Model model;
    model.set("DEVICE", "of nobody").set("SESSIONS_END_PATH", "/end").set("CLIENT", "192.0.2.9");
    model.add("SESSIONS", session("Firefox")).add("SESSIONS", session("Chrome"));
    const std::string html = render(Page::account, model);
    using Texts = std::vector<std::string>;
    const Texts devices{"Firefox", "Chrome"};
    BOOST_TEST(found(html, "<strong>([^<]*)</strong>") == devices,
               boost::test_tools::per_element());
    BOOST_TEST(found(html, "action=\"/end\"").size() == 2U);
    BOOST_TEST(found(html, "from 192.0.2.9</p>").size() == 2U);
}

BOOST_AUTO_TEST_CASE(what_was_typed_is_shown_again_but_never_a_password) {
    const std::string html = render(Page::login, Model()
                                                     .set("EMAIL", "ada@example.org")
                                                     .set("PASSWORD", "correct horse")
                                                     .set("RETURN_TO", "/members/?a=1&b=2")
                                                     .show("REMEMBER"));
    BOOST_TEST(holds(html, "value=\"ada@example.org\""));
    BOOST_TEST(holds(html, "value=\"/members/?a=1&amp;b=2\""));
    BOOST_TEST(holds(html, "value=\"true\" checked"));
    BOOST_TEST(!holds(html, "correct horse"));
}

BOOST_AUTO_TEST_CASE(a_refused_form_says_so_first_and_leads_to_the_field) {
    struct Form {
        Page page;
        const char* field;
        const char* section;
    };
    for (const Form& form : {
             Form{Page::register_, "email", "EMAIL_ERROR"},
             Form{Page::register_, "name", "NAME_ERROR"},
             Form{Page::verify, "password", "PASSWORD_ERROR"},
             Form{Page::verify_code, "code", "CODE_ERROR"},
             Form{Page::verify_code, "password", "PASSWORD_ERROR"},
             Form{Page::login, "email", "EMAIL_ERROR"},
             Form{Page::login, "password", "PASSWORD_ERROR"},
             Form{Page::reset_password, "email", "EMAIL_ERROR"},
             Form{Page::reset_password_confirm, "password", "PASSWORD_ERROR"},
             Form{Page::password, "current_password", "CURRENT_PASSWORD_ERROR"},
             Form{Page::password, "password", "PASSWORD_ERROR"},
             Form{Page::account, "name", "NAME_ERROR"},
         }) {
        const std::string html = render(form.page, refused(form.field, form.section));
        const std::string field = form.field;
        BOOST_TEST_CONTEXT(web::template_of(form.page) << ", " << field) {
            BOOST_TEST(holds(html, "<title>Error: "));
            BOOST_TEST(found(html, "role=\"alert\" tabindex=\"-1\" autofocus").size() == 1U);
            BOOST_TEST(found(html, "autofocus").size() == 1U);
            BOOST_TEST(holds(html, "<a href=\"#" + field + "\">Please look again.</a>"));
            BOOST_TEST(holds(html, "id=\"" + field + "-wrong\">Please look again.</p>"));
            const auto inputs = found(html, "<input[^>]* id=\"" + field + "\"[^>]*>");
            BOOST_REQUIRE(inputs.size() == 1U);
            BOOST_TEST(holds(inputs[0], "aria-invalid=\"true\""));
            BOOST_TEST(holds(inputs[0], "aria-describedby=\"" + field + "-wrong"));
            BOOST_TEST(found(html, "aria-invalid").size() == 1U);
        }
    }
}

BOOST_AUTO_TEST_CASE(an_untouched_form_puts_the_visitor_into_its_first_field) {
    for (const Page page :
         {Page::register_, Page::verify_code, Page::login, Page::reset_password, Page::password}) {
        const std::string html = render(page);
        BOOST_TEST_CONTEXT(web::template_of(page)) {
            BOOST_TEST(found(html, "<input[^>]* autofocus").size() == 1U);
            BOOST_TEST(!holds(html, "Error: "));
        }
    }
}

BOOST_AUTO_TEST_CASE(every_page_is_whole_and_has_nothing_that_the_content_policy_forbids) {
    for (const Page page : all_pages) {
        const std::string html = render(page, Model().set("SITE_NAME", "Hollow Hill"));
        BOOST_TEST_CONTEXT(web::template_of(page)) {
            BOOST_TEST(found(html, "<h1>").size() == 1U);
            BOOST_TEST(found(html, "<main id=\"content\"").size() == 1U);
            BOOST_TEST(holds(html, "<html lang=\"en\""));
            if (page != Page::error) {
                BOOST_TEST(found(html, "<title>[A-Z][^<\n]+ · Hollow Hill</title>").size() == 1U);
            }
            BOOST_TEST(!holds(html, "<script"));
            BOOST_TEST(found(html, "<style| style=| on[a-z]+=").empty());
            BOOST_TEST(holds(html, "</html>\n"));
        }
    }
}

BOOST_AUTO_TEST_CASE(every_field_has_a_label_and_every_id_is_there_once) {
    for (const Page page : all_pages) {
        const std::string html = render(page);
        BOOST_TEST_CONTEXT(web::template_of(page)) {
            for (const std::string& id : found(html, "<input[^>]* id=\"([^\"]+)\"")) {
                BOOST_TEST(holds(html, "<label for=\"" + id + "\">"));
            }
            const std::vector<std::string> ids = found(html, " id=\"([^\"]+)\"");
            BOOST_TEST(std::set<std::string>(ids.begin(), ids.end()).size() == ids.size());
            for (const std::string& id :
                 found(html, " aria-(?:describedby|labelledby)=\"([^\"]+)\"")) {
                BOOST_TEST((std::find(ids.begin(), ids.end(), id) != ids.end()), id);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(the_chosen_theme_is_marked_and_set) {
    for (const std::string theme : {"auto", "light", "dark"}) {
        const std::string html = render(Page::logout, Model().set("THEME", theme));
        BOOST_TEST(holds(html, "data-theme=\"" + theme + "\""));
        BOOST_TEST(holds(html, "value=\"" + theme + "\" aria-current=\"true\""));
        BOOST_TEST(found(html, "aria-current").size() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(a_page_with_all_that_it_needs_is_under_15_kB) {
    const std::uintmax_t assets = std::filesystem::file_size(web_folder / "assets/style.css") +
                                  std::filesystem::file_size(web_folder / "assets/icon.svg");
    for (const Page page : all_pages) {
        Model model = refused("password", "PASSWORD_ERROR");
        for (int session = 0; session < 4; ++session) {
            model.add("SESSIONS", Model().set("DEVICE", "Firefox on Linux").show("OTHER"));
        }
        BOOST_TEST(assets + render(page, model).size() < 15'000U, web::template_of(page));
    }
}

BOOST_AUTO_TEST_CASE(the_name_of_an_asset_tells_its_content) {
    for (const auto& [file, name] :
         {std::pair{"style.css", web::assets::style}, std::pair{"icon.svg", web::assets::icon}}) {
        const std::string content = layout::read_file(web_folder / "assets" / file);
        std::array<unsigned char, 4> first{};
        std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
        crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(content.data()),
                           content.size());
        std::copy_n(hash.begin(), first.size(), first.begin());
        std::array<char, 2 * first.size() + 1> digits{};
        sodium_bin2hex(digits.data(), digits.size(), first.data(), first.size());
        const std::filesystem::path path(file);
        BOOST_TEST(name == path.stem().string() + "-" + digits.data() + path.extension().string());
    }
}

BOOST_AUTO_TEST_CASE(every_template_belongs_to_a_page) {
    std::set<std::string> known{"frame.tpl", "new_password.tpl"};
    for (const Page page : all_pages) known.emplace(web::template_of(page));
    std::set<std::string> there;
    for (const auto& [name, source] : template_sources()) there.insert(name);
    BOOST_TEST(known == there, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_placeholder_is_declared_at_the_top_of_its_template) {
    const auto sources = template_sources();
    const Names common = declared_names(sources.at("frame.tpl"));
    for (const auto& [file, source] : sources) {
        const Names declared = declared_names(source);
        for (const auto& name : used_names(source)) {
            if (name.first == "PAGE_TITLE" || name.first == "PAGE") continue;
            BOOST_TEST((has(declared, name) || has(common, name)),
                       file << " uses " << name.first << " without declaring it");
        }
    }
}

BOOST_AUTO_TEST_CASE(every_declared_name_is_used) {
    const auto sources = template_sources();
    Names used_anywhere;
    for (const auto& [file, source] : sources) used_anywhere.merge(used_names(source));
    for (const auto& [file, source] : sources) {
        const Names used = file == "frame.tpl" ? used_anywhere : used_names(source);
        for (const auto& name : declared_names(source)) {
            BOOST_TEST(has(used, name),
                       file << " declares " << name.first << " and has no use for it");
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
