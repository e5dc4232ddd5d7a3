// Who may include whom: downward only, and each library in as few folders as can be.
#include <boost/test/unit_test.hpp>
#include <regex>

#include "layout/sources.h"

BOOST_AUTO_TEST_SUITE(include_rule_test)

namespace {

// "" are main.cpp and config.*; "*" is every folder of ours. A folder may always include itself.
struct Rule {
    std::string_view folder;
    std::vector<std::string_view> may_include;
};
const std::vector<Rule> rules{
    {"", {"*"}},
    {"cli", {"*"}},
    {"config", {"*"}},
    {"web", {"accounts/", "http/", "base/"}},
    {"fcgi", {"http/", "base/"}},
    {"accounts", {"mail/outbox.h", "store/", "base/"}},
    {"mail", {"store/", "base/"}},
    {"store", {"base/"}},
    {"http", {"base/"}},
    {"base", {}},
};

// Whose headers may stand where; made at build time when it has no directory.
struct Library {
    std::string_view header;
    std::vector<std::string_view> folders;
};
const std::vector<Library> libraries{
    {"fcgiapp.h", {"fcgi"}},
    {"sqlite3.h", {"store"}},
    {"curl/", {"mail", "cli"}},
    {"Poco/", {"mail"}},
    {"ctemplate/", {"web", "mail"}},
    {"nlohmann/", {"http", "cli"}},
    {"toml++/", {"", "config"}},
    {"CLI/", {"cli"}},
    {"sodium.h", {"base", "accounts"}},
    {"systemd/", {"base"}},
    {"unicode/", {"base"}},
    {"sql.h", {"store", "accounts", "mail"}},
    {"migrations_sql.h", {"store"}},
    {"common_words_txt.h", {"accounts"}},
    {"mail_templates.h", {"mail"}},
    {"templates.h", {"web"}},
    {"assets.h", {"web"}},
    {"release_figures.h", {"cli"}},
    {"config.h", {"", "config", "cli"}},
};

bool is_of_the_system(std::string_view header) {
    for (const std::string_view directory : {"sys/", "netinet/", "arpa/"}) {
        if (header.starts_with(directory)) return true;
    }
    return header.find('/') == std::string_view::npos;
}

const Rule* rule_of(std::string_view folder) {
    const auto found = std::ranges::find(rules, folder, &Rule::folder);
    return found == rules.end() ? nullptr : &*found;
}

bool may_include(std::string_view folder, std::string_view header) {
    const std::string_view target = header.substr(0, header.find('/'));
    if (target == folder) return true;
    const Rule* rule = rule_of(folder);
    return rule != nullptr && std::ranges::any_of(rule->may_include, [&](std::string_view allowed) {
               return allowed == "*" || header.starts_with(allowed);
           });
}

// What is wrong with that line, or "".
std::string judge(std::string_view folder, std::string_view header, bool quoted) {
    const std::string_view target = header.substr(0, header.find('/'));
    if (target != header && rule_of(target) != nullptr) {
        return may_include(folder, header) ? "" : "a folder that is not below";
    }
    for (const Library& library : libraries) {
        if (!header.starts_with(library.header)) continue;
        const bool allowed = std::ranges::find(library.folders, folder) != library.folders.end();
        return allowed ? "" : "a library of another folder";
    }
    return !quoted && is_of_the_system(header) ? "" : "unknown to the table of this test";
}

}  // namespace

BOOST_AUTO_TEST_CASE(wrong_lines_are_told_from_right_ones) {
    BOOST_TEST(judge("web", "store/database.h", true) != "");
    BOOST_TEST(judge("accounts", "mail/notifier.h", true) != "");
    BOOST_TEST(judge("http", "web/site.h", true) != "");
    BOOST_TEST(judge("web", "sqlite3.h", false) != "");
    BOOST_TEST(judge("mail", "fcgiapp.h", false) != "");
    BOOST_TEST(judge("base", "boost/format.hpp", false) != "");
    BOOST_TEST(judge("base", "util.h", true) != "");
    BOOST_TEST(judge("accounts", "mail/outbox.h", true) == "");
    BOOST_TEST(judge("cli", "web/site.h", true) == "");
    BOOST_TEST(judge("base", "sys/stat.h", false) == "");
}

BOOST_AUTO_TEST_CASE(every_include_follows_the_rule) {
    const std::regex include(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
    int seen = 0;
    for (const layout::Source& source : layout::sources_below("fcgi_app", {".h", ".cpp"})) {
        BOOST_REQUIRE_MESSAGE(rule_of(source.folder()) != nullptr,
                              source.path + ": its folder has no rule");
        for (const std::string& line : layout::lines_of(source.text)) {
            std::smatch match;
            if (!std::regex_search(line, match, include)) continue;
            ++seen;
            const std::string wrong = judge(source.folder(), match.str(2), match.str(1) == "\"");
            BOOST_TEST(wrong.empty(), source.path + " includes " + match.str(2) + ": " + wrong);
        }
    }
    BOOST_TEST(seen > 100);
}

BOOST_AUTO_TEST_SUITE_END()
