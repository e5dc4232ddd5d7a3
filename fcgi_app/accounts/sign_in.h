// Signing in with address and password, and out.
#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "accounts/session.h"
#include "accounts/throttle.h"

namespace accounts {

enum class SignInRefusal { refused };
using SignInResult = std::variant<NewSession, SignInRefusal, Throttled>;

// Refused: unknown address, wrong password, locked account and an address that is none look alike
// and take the same work, one hash and one small write; domain.pace says when to answer. Throttled:
// the password was not looked at. Rehashes the password when the configured cost has changed.
// previous: the session that this browser had; it ends, whoever's it was (session ids change at
// login).
[[nodiscard]] SignInResult sign_in(Domain& domain, std::string_view email,
                                   std::string_view password, bool remember, const Device& device,
                                   const std::optional<SignedIn>& previous);

}  // namespace accounts
