// Registration: a claim, proven by a link or a code, becomes an account. Owner of the table claim.
//
// Whoever proves the mailbox sets the password; nobody can plant one on another's address.
//
//  1. A claim for an address that has an account is a decoy: it looks and costs like any other, and
//     nothing proves it.
//  2. Earlier claims of an address stay good until one is proven. The others are then made decoys
//     and not taken away: whoever made one for a stranger's address must not see the moment in
//     which the stranger got his account.
//  3. A code is tried in a transaction that counts it before it is compared and is rolled back when
//     it was right. So guesses at once are no more guesses, and only wrong ones count.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "accounts/password.h"
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
                                         const std::optional<std::string>& name,
                                         const Device& device);

// What became of a claim's newest mail. Known and unknown addresses get one alike, so it tells
// nothing about them; which relay said what stays with the operator.
struct MailProgress {
    enum class State {
        queued,    // about to leave, or being handed over just now
        waiting,   // not accepted yet; there will be another try
        accepted,  // by the relay
        refused,   // for good, or given up
        expired,   // its link died first
        withheld,  // never sent: over the budget, or dropped by the operator
    } state;
    // accepted: when. waiting: of the next try, unless it is overdue: then the relay is in trouble
    // with all mail, and nobody knows.
    std::optional<base::Seconds> at;
};

// The live claim that this browser asked for.
struct PendingClaim {
    std::int64_t id;
    std::string email;
    base::Seconds created_at;
    base::Seconds expires_at;
    base::Seconds resend_at;           // before that, resend_claim() says too_soon
    std::optional<MailProgress> mail;  // nothing when its row is gone
};
[[nodiscard]] std::optional<PendingClaim> find_claim(Domain& domain, std::string_view claim_cookie);

// True while the link could still be used. Reads only (mail scanners fetch links).
[[nodiscard]] bool is_live_claim(Domain& domain, std::string_view token);

enum class VerifyRefusal {
    dead,        // token or claim unknown, used, expired, or (a code) out of tries
    wrong_code,  // counted
};
struct VerifyFlaw {
    PasswordFlaw flaw;
};
using VerifyResult = std::variant<NewSession, VerifyRefusal, VerifyFlaw>;

// One of 50 at once succeeds. A password against the rules uses up neither the link nor a try of
// the code: it is told before the code is looked at.
[[nodiscard]] VerifyResult verify_by_link(Domain& domain, std::string_view token,
                                          std::string_view password, const Device& device);
[[nodiscard]] VerifyResult verify_by_code(Domain& domain, std::string_view claim_cookie,
                                          std::string_view code, std::string_view password,
                                          const Device& device);

// Queues the mail of this browser's claim again, at most once in resend_cooldown.
inline constexpr base::Seconds resend_cooldown = 60;
struct Resend {
    enum class Outcome { sent, too_soon, no_claim } outcome;
    base::Seconds retry_after = 0;
};
[[nodiscard]] Resend resend_claim(Domain& domain, std::string_view claim_cookie,
                                  const Device& device);

// ---- what account.cpp stands on: inside the caller's transaction ----

// The address has an account now: nothing proves its claims any more.
void make_decoys(store::Transaction& transaction, std::string_view email);
void forget_claims(store::Transaction& transaction, std::string_view email);

}  // namespace accounts
