#include "web/form.h"

#include <array>

#include "accounts/account.h"
#include "http/cross_site.h"
#include "web/routes.h"

namespace web {
namespace {

// What stays in the form when it is shown again.
constexpr std::array<std::string_view, 3> kept_fields{"email", "name", "token"};

}  // namespace

std::string_view Form::required(std::string_view field) {
    const std::string_view value = visit_.field(field);
    if (value.empty()) refuse(field, Word::required);
    return value;
}

std::optional<base::EmailAddress> Form::email() {
    const std::string_view text = required("email");
    if (text.empty()) return std::nullopt;
    auto address = base::EmailAddress::parse(text);
    if (!address) refuse("email", Word::no_address);
    return address;
}

std::optional<std::string> Form::name() {
    auto name = accounts::parse_name(visit_.field("name"));
    if (name) return *std::move(name);
    refuse("name", Word::no_name, accounts::max_name_characters);
    return std::nullopt;
}

bool Form::is_on(std::string_view field) {
    const auto on = visit_.fields.is_on(field);
    if (!on) refuse(field, Word::no_switch);
    return on.value_or(false);
}

std::optional<std::string> Form::return_to() {
    const std::string_view wanted = visit_.field("return_to");
    if (wanted.empty()) return std::nullopt;
    auto address = http::safe_return_address(wanted, visit_.addresses().public_origin(),
                                             visit_.site.settings().return_hosts);
    if (!address) refuse("return_to", Word::unsafe_return);
    return address;
}

void Form::refuse(std::string_view field, Word word, std::int64_t number) {
    errors_.push_back({std::string(field), std::string(code_of(word)), sentence_of(word, number)});
}

void Form::refuse_password(accounts::PasswordFlaw flaw) {
    const Word word = word_for(flaw);
    const bool is_long = word == Word::password_too_long;
    refuse("password", word,
           is_long ? std::int64_t{accounts::max_password_bytes}
                   : visit_.domain.settings.password.min_length);
}

void Form::fill(Model& model, Word detail) const {
    for (const std::string_view field : kept_fields) {
        if (visit_.fields.has(field)) model.set(name_in_template(field), visit_.field(field));
    }
    if (errors_.empty()) {
        Model refusal;
        refusal.set("FIELD", visit_.row->fields.front()).set("TEXT", sentence_of(detail));
        model.add("ERRORS", std::move(refusal));
    }
    for (const FieldError& error : errors_) {
        Model item;
        item.set("FIELD", error.field).set("TEXT", error.text);
        model.add("ERRORS", item);
        model.add(name_in_template(error.field) + "_ERROR", std::move(item));
    }
}

http::Response Form::show_again(Page page, Model model, int status, Word detail) const {
    if (visit_.json) return answer(visit_, Problem{status, sentence_of(detail), errors_, {}});
    fill(model, detail);
    return show_page(visit_, status, page, std::move(model));
}

http::Response Form::show_throttled(Page page, Model model,
                                    const accounts::Throttled& throttled) const {
    http::Response response = show_again(page, std::move(model), 429, Word::throttled);
    response.add("Retry-After", std::to_string(throttled.retry_after));
    return response;
}

http::Response Form::tell() const {
    const std::string detail =
        visit_.json ? sentence_of(Word::look_at_fields) : errors_.front().text;
    return answer(visit_, Problem{422, detail, errors_, {}});
}

http::Response refuse_dead(const Visit& visit, std::string_view field, Page page) {
    if (!visit.json) return show_page(visit, 422, page, {});
    Form form(visit);
    form.refuse(field, Word::dead_link);
    return form.tell();
}

}  // namespace web
