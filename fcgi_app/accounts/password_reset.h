// Setting a new password with a link from a mail. Owner of the table token.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "accounts/password.h"
#include "accounts/session.h"
#include "base/email_address.h"

namespace accounts {

// Commits a token and its mail, or a decoy with the same work. Gives nothing, because nobody may
// know. An earlier link of the account dies. The caller wakes the notifier.
void request_reset(Domain& domain, const base::EmailAddress& email, const Device& device);

// The token of a link for an operator to hand over (`postern user reset-link`); nothing when there
// is no such account. That of a locked account is dead until it is unlocked.
[[nodiscard]] std::optional<std::string> make_reset_token(Domain& domain, std::int64_t account_id);

[[nodiscard]] bool is_live_reset(Domain& domain, std::string_view token);  // reads only

enum class ResetOutcome { done, dead };
using ResetResult = std::variant<ResetOutcome, PasswordFlaw>;

// Every session and every other token of the account ends. A locked account's link is dead. Does
// not sign in. client: from where; that is a usual place of the account now, so that its owner gets
// in however much strangers hammer it.
[[nodiscard]] ResetResult confirm_reset(Domain& domain, std::string_view token,
                                        std::string_view password, std::string_view client);

// Inside the caller's transaction: no link of the account lives on.
void kill_tokens(store::Transaction& transaction, std::int64_t account_id, base::Seconds now);

}  // namespace accounts
