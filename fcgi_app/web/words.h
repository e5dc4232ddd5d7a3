// The catalogue of what Postern says outside of its templates: one word a situation, with the code
// that scripts read and the sentence that people read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "accounts/password.h"

namespace web {

enum class Word {
    // About one field
    required,
    no_address,
    no_name,
    no_switch,
    unknown_theme,
    unsafe_return,
    unknown_choice,
    malformed,
    password_not_text,
    password_too_short,  // with the least number of characters
    password_too_long,   // with the largest number of bytes
    password_too_common,
    password_is_address,
    password_is_site,
    wrong_password,
    wrong_code,
    dead_link,
    // About the whole request
    look_at_fields,
    sign_in_refused,
    throttled,
    sign_in_needed,
    role_needed,
    registration_closed,
    resend_too_soon,
    no_claim,
    no_such_session,
    foreign_site,
    two_cookies,
    not_found,
    wrong_method,
    wrong_lane,
    too_large,
    nobody_may,
    busy,
    out_of_memory,
    storage_failed,
    failed,
};

// snake_case; never changes, clients compare it.
[[nodiscard]] std::string_view code_of(Word word) noexcept;

// One or two sentences; number stands where the sentence names one.
[[nodiscard]] std::string sentence_of(Word word, std::int64_t number = 0);

// The heading of the page "error": what happened, in a few words.
[[nodiscard]] std::string_view title_of(int status) noexcept;

// What an event of the audit trail was, for the account's owner; "" for one that means nothing to
// him.
[[nodiscard]] std::string_view sentence_of_event(std::string_view event,
                                                 std::string_view outcome) noexcept;

[[nodiscard]] Word word_for(accounts::PasswordFlaw flaw) noexcept;

}  // namespace web
