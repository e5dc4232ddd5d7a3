// Changing the password while signed in.
#pragma once

#include <string_view>
#include <variant>

#include "accounts/password.h"
#include "accounts/session.h"
#include "accounts/throttle.h"

namespace accounts {

enum class PasswordChange { done, wrong_current };
using PasswordChangeResult = std::variant<PasswordChange, PasswordFlaw, Throttled>;

// Ends the account's other sessions and all its tokens; this session stays. A wrong current
// password is counted like one at sign-in: a stolen session must not help to guess.
[[nodiscard]] PasswordChangeResult change_password(Domain& domain, const SignedIn& who,
                                                   std::string_view client,
                                                   std::string_view current,
                                                   std::string_view wanted);

}  // namespace accounts
