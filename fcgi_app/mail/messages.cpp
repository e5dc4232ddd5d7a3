#include "mail/messages.h"

#include <ctemplate/template.h>

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>

#include "mail/mime.h"
#include "mail_templates.h"

namespace mail {
namespace {

constexpr std::string_view escaping_mark = "{{%AUTOESCAPE context=\"HTML\"}}\n";
constexpr std::string_view subject_mark = "Subject: ";
constexpr const char* layout = "layout.html.tpl";

// What the link of a kind is for and where it leads.
struct Link {
    Kind kind;
    base::Purpose purpose;
    base::Route route;
};
constexpr std::array links{
    Link{Kind::verify, base::Purpose::verify, base::Route::verify},
    Link{Kind::reset_password, base::Purpose::reset_password, base::Route::reset_password_confirm},
};

const Link* link_of(Kind kind) noexcept {
    for (const Link& link : links) {
        if (link.kind == kind) return &link;
    }
    return nullptr;
}

constexpr bool is_html(std::string_view file) noexcept {
    return file.ends_with(".html.tpl");
}

// Text keeps its blank lines; in HTML they are only the traces of the marks.
ctemplate::Strip strip_of(std::string_view file) noexcept {
    return is_html(file) ? ctemplate::STRIP_BLANK_LINES : ctemplate::DO_NOT_STRIP;
}

// The first line of a text is its subject. Without the mark ctemplate escapes nothing, in silence.
static_assert(std::ranges::all_of(templates::all, [](const auto& file) {
    return file.second.starts_with(is_html(file.first) ? escaping_mark : subject_mark) &&
           file.second.ends_with('\n');
}));

std::unique_ptr<ctemplate::TemplateCache> load_templates() {
    auto cache = std::make_unique<ctemplate::TemplateCache>();
    for (const auto& [file, text] : templates::all) {
        const std::string name(file);
        if (!cache->StringToTemplateCache(name, text.data(), text.size(), strip_of(file))) {
            throw std::invalid_argument(name + ": not a template");
        }
    }
    cache->Freeze();
    return cache;
}

std::string expand(const ctemplate::TemplateCache& cache, const std::string& file,
                   const ctemplate::TemplateDictionary& values) {
    std::string out;
    if (!cache.ExpandNoLoad(file, strip_of(file), &values, nullptr, &out)) {
        throw std::runtime_error(file + ": cannot be rendered");
    }
    return out;
}

// "2026-02-28 12:03 UTC"
std::string readable(base::Seconds moment) {
    std::string text = base::rfc3339(moment);
    text[10] = ' ';
    return text.substr(0, 16) + " UTC";
}

base::EmailAddress address_or_throw(const std::string& text) {
    auto address = base::EmailAddress::parse(text);
    if (!address) throw std::invalid_argument("mail.from: not an e-mail address: " + text);
    return *std::move(address);
}

}  // namespace

Messages::Messages(const Settings& settings, base::Addresses addresses, const base::Keys& keys)
    : settings_(settings),
      addresses_(std::move(addresses)),
      keys_(keys),
      from_(address_or_throw(settings.from)),
      templates_(load_templates()) {
    (void)HeaderText(settings_.from_name);
    (void)HeaderText(settings_.site_name);
}

Messages::~Messages() = default;

std::string Messages::link(Kind kind, std::int64_t subject_id) const {
    const Link* link = link_of(kind);
    if (link == nullptr) return "";
    return addresses_.url(link->route) + "?token=" + keys_.link_token(link->purpose, subject_id);
}

Content Messages::content(Kind kind, std::int64_t subject_id, base::Seconds expires_at) const {
    Content content;
    content.link = link(kind, subject_id);
    const std::string word(word_for(kind));
    const std::string text_file = word + ".text.tpl";
    const std::string html_file = word + ".html.tpl";

    // Global, because an included template sees nothing else of its parent.
    ctemplate::TemplateDictionary values("mail");
    values.SetTemplateGlobalValue("SITE", settings_.site_name);
    values.SetTemplateGlobalValue("ORIGIN", addresses_.public_origin());
    values.SetTemplateGlobalValue("LINK", content.link);
    values.SetTemplateGlobalValue("SIGN_IN", addresses_.url(base::Route::login));
    values.SetTemplateGlobalValue("RESET", addresses_.url(base::Route::reset_password));
    values.SetTemplateGlobalValue("ACCOUNT", addresses_.url(base::Route::account));
    values.SetTemplateGlobalValue("EXPIRES", readable(expires_at));
    if (kind == Kind::verify) {
        values.SetTemplateGlobalValue("CODE", keys_.code(base::Purpose::verify, subject_id));
    }

    std::string text = expand(*templates_, text_file, values);
    const std::size_t line_end = text.find('\n');
    content.subject = text.substr(subject_mark.size(), line_end - subject_mark.size());
    content.text = std::move(text.erase(0, line_end + 1));

    values.SetValue("SUBJECT", content.subject);
    values.AddIncludeDictionary("CONTENT")->SetFilename(html_file);
    content.html = expand(*templates_, layout, values);
    return content;
}

base::Secret Messages::compose(const Leased& mail) const {
    Content content = this->content(mail.kind, mail.subject_id, mail.expires_at);
    const Envelope envelope{.from_name = HeaderText(settings_.from_name),
                            .from = from_,
                            .recipient = mail.recipient,
                            .subject = HeaderText(content.subject),
                            .message_id = mail.message_id,
                            .date = mail.created_at};
    base::Secret message(compose_message(envelope, content.text, content.html));
    base::wipe(content.text);
    base::wipe(content.html);
    base::wipe(content.link);
    return message;
}

}  // namespace mail
