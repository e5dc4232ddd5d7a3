// Pages from templates (ctemplate, auto-escaped by context), and the only place that includes
// ctemplate for the web.
//
// The templates of web/templates/ are embedded at build time. Each starts with
// {{%AUTOESCAPE context="HTML"}}; without that line ctemplate escapes nothing, in silence, so the
// constructor refuses such a file. All words that a visitor reads stand in the templates and in
// words.cpp.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace web {

// One template a page: web/templates/<name>.tpl. All are set in frame.tpl.
enum class Page {
    register_,
    verify,       // by link: hidden token, choose a password
    verify_code,  // "check your mail": type the code, choose a password, resend
    verify_dead,  // the link is no longer good; ask for a new one
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

// What a template shows: values, sections that appear once, and lists.
class Model {
  public:
    Model& set(std::string_view name, std::string_view value);
    Model& show(std::string_view section);          // {{#NAME}}…{{/NAME}} once
    Model& add(std::string_view list, Model item);  // once more, with the item's values
  private:
    friend class Pages;
    std::vector<std::pair<std::string, std::string>> values_;
    std::vector<std::string> sections_;
    std::vector<std::pair<std::string, Model>> lists_;
};

class Pages {
  public:
    // Loads and freezes the embedded templates; throws std::runtime_error, naming file and line,
    // for one that is not auto-escaped or does not parse.
    Pages();
    ~Pages();
    Pages(const Pages&) = delete;
    Pages& operator=(const Pages&) = delete;

    [[nodiscard]] std::string render(Page page, const Model& model) const;  // any thread

  private:
    struct Cache;
    std::unique_ptr<Cache> cache_;
};

}  // namespace web
