// Registration: a claim, proven by a link or a code, becomes an account. Owner of the table claim.
//
// Whoever proves the mailbox sets the password; nobody can plant one on another's address.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "accounts/session.h"
#include "base/email_address.h"

namespace accounts {

// What the browser that asked keeps, so that it (and only it) may prove by typing the code.
struct ClaimTicket {
    base::Secret cookie;  // base64url
};

// Commits a claim and its mail. Does the same work for a new, a known and a locked address; nobody
// can tell from outside. The caller wakes the notifier.
[[nodiscard]] ClaimTicket register_claim(Domain& domain, const base::EmailAddress& email,
                                         const std::optional<std::string>& name);

// The live claim that this browser asked for.
struct PendingClaim {
    std::int64_t id;
    std::string email;
    base::Seconds created_at;
    base::Seconds expires_at;
};
[[nodiscard]] std::optional<PendingClaim> find_claim(Domain& domain, std::string_view claim_cookie);

// True while the link could still be used. Reads only (mail scanners fetch links).
[[nodiscard]] bool is_live_claim(Domain& domain, std::string_view token);

enum class VerifyRefusal {
    dead,        // token or claim unknown, used, expired, or out of tries
    wrong_code,  // counted
};
struct VerifyFlaw {
    PasswordFlaw flaw;
};
using VerifyResult = std::variant<NewSession, VerifyRefusal, VerifyFlaw>;

// One of 50 at once succeeds. A wrong password for the rules does not use the token up.
[[nodiscard]] VerifyResult verify_by_link(Domain& domain, std::string_view token,
                                          std::string_view password, const Device& device);
[[nodiscard]] VerifyResult verify_by_code(Domain& domain, std::string_view claim_cookie,
                                          std::string_view code, std::string_view password,
                                          const Device& device);

// Sends the mail of this browser's claim again, at most once in resend_cooldown.
inline constexpr base::Seconds resend_cooldown = 60;
struct Resend {
    enum class Outcome { sent, too_soon, no_claim } outcome;
    base::Seconds retry_after = 0;
};
[[nodiscard]] Resend resend_claim(Domain& domain, std::string_view claim_cookie);

}  // namespace accounts
