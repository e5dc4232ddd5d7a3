// What a visitor typed into a form, read field by field. Every flaw is noted, so that the answer
// names all of them at once; then the form is shown again with what was typed (never a password),
// or told as problem+json.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/throttle.h"
#include "base/email_address.h"
#include "web/answers.h"
#include "web/problem.h"

namespace web {

class Form {
  public:
    explicit Form(const Visit& visit) noexcept : visit_(visit) {}

    // Each notes a flaw and gives what is harmless when there is one.
    [[nodiscard]] std::string_view required(std::string_view field);  // not missing, not empty
    [[nodiscard]] std::optional<base::EmailAddress> email();          // the field "email"
    [[nodiscard]] std::optional<std::string> name();                  // the field "name"
    [[nodiscard]] bool is_on(std::string_view field);
    // The field "return_to"; nothing when it is absent or empty too.
    [[nodiscard]] std::optional<std::string> return_to();

    void refuse(std::string_view field, Word word, std::int64_t number = 0);
    void refuse_password(accounts::PasswordFlaw flaw);  // the field "password"

    [[nodiscard]] bool is_good() const noexcept { return errors_.empty(); }

    // The answer to a form that is not good, or that is good and refused as a whole (detail).
    [[nodiscard]] http::Response show_again(Page page, Model model = {}, int status = 422,
                                            Word detail = Word::look_at_fields) const;
    // 429: the form again, and when to come back.
    [[nodiscard]] http::Response show_throttled(Page page, Model model,
                                                const accounts::Throttled& throttled) const;
    // The same for a form that has no page of its own: the page "error" names the first flaw.
    [[nodiscard]] http::Response tell() const;

  private:
    void fill(Model& model, Word detail) const;

    const Visit& visit_;
    std::vector<FieldError> errors_;
};

// A link or code that is no longer good: 422, and the page that says how to get another.
[[nodiscard]] http::Response refuse_dead(const Visit& visit, std::string_view field, Page page);

}  // namespace web
