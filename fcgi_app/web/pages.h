// Pages from templates (ctemplate, auto-escaped by context), and the only place that includes
// ctemplate for the web.
//
// The templates of web/templates/ are embedded at build time. Each starts with
// {{%AUTOESCAPE context="HTML"}}; without that line ctemplate escapes nothing, in silence, so the
// constructor refuses such a file. All words that a visitor reads stand in the templates and in
// words.cpp. The top of each template lists its model; a test holds it to that list.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace web {

// One template a page: web/templates/<name>.tpl. All are set in frame.tpl.
enum class Page {
    register_,
    verify,            // by link: hidden token, choose a password
    verify_code,       // "check your mail": type the code, choose a password, resend
    verify_elsewhere,  // the same in a browser that did not ask: look for the link
    verify_dead,       // the link is no longer good; ask for a new one
    login,
    logout,  // a button
    reset_password,
    reset_password_sent,  // "if there is an account, a mail is on its way"
    reset_password_confirm,
    reset_password_dead,
    account,  // name, theme, links to change the password, sign-ins
    password,
    mailbox,
    error,  // status, what happened, request id, a way on
};

// What a template shows: values, sections that appear once, and lists. A value that is not set is
// empty, a section that is not shown does not appear.
class Model {
  public:
    Model& set(std::string_view name, std::string_view value);  // the last one counts
    Model& show(std::string_view section);                      // {{#NAME}}…{{/NAME}} once
    // Once more, with the item's values; also for a section with values of its own.
    Model& add(std::string_view list, Model item);

  private:
    friend class Pages;
    std::vector<Model>& items_of(std::string_view section);

    std::vector<std::pair<std::string, std::string>> values_;
    // Each with its items; without any it appears once.
    std::vector<std::pair<std::string, std::vector<Model>>> sections_;
};

// A file name ("login.tpl") and its text.
using Template = std::pair<std::string_view, std::string_view>;

class Pages {
  public:
    // Loads and freezes the embedded templates; throws std::runtime_error, naming the file, for one
    // that is not auto-escaped or does not parse (ctemplate writes the reason to standard error).
    // common: what every page finds beside its own model.
    explicit Pages(Model common = {});
    // Other templates, by the same names.
    explicit Pages(std::span<const Template> templates, Model common = {});
    ~Pages();
    Pages(const Pages&) = delete;
    Pages& operator=(const Pages&) = delete;

    // Any thread. Shows by itself, so that no caller can forget them: HAS_ERRORS or NO_ERRORS, by
    // whether the model has ERRORS, and THEME_AUTO, THEME_LIGHT or THEME_DARK, by the value THEME.
    // Throws std::runtime_error when a template of the page was not loaded.
    [[nodiscard]] std::string render(Page page, const Model& model) const;

  private:
    struct Cache;
    class Scope;
    std::unique_ptr<Cache> cache_;
};

// What templates call a word of ours: "name-saved" → "NAME_SAVED".
[[nodiscard]] std::string name_in_template(std::string_view word);

// "login.tpl"
[[nodiscard]] std::string_view template_of(Page page) noexcept;

}  // namespace web
