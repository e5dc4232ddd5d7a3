// The audit trail: what happened to accounts, each security event once. Owner of the table audit.
//
//  1. An event is written in the transaction of its effect: neither is there without the other. A
//     refused proof of a password is written with the failure that it counts as. What was refused
//     without any effect is told later, and not each time (refusals.h).
//  2. The rows are one chain: hash = SHA-256(hash of the row before, content). Whoever changes,
//     removes or inserts one has to write all later ones anew.
//  3. That, too, is seen: the head of the chain goes to the log from time to time
//     ("audit_head id=… hash=…"), which is kept elsewhere. `postern audit verify --anchor ID:HASH`
//     holds the table against such a line.
//  4. Rows are taken away from the oldest on, after audit_kept. The oldest one left vouches for the
//     next and cannot be checked itself.
//
// Who did it and from where is in Domain::actor.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/domain.h"
#include "base/secret.h"

namespace accounts {

inline constexpr base::Seconds audit_kept = 365 * base::day;

enum class Event {
    account_opened,  // a mailbox was proven
    account_added,   // by an operator
    account_deleted,
    account_locked,
    account_unlocked,
    roles_changed,
    signed_in,  // or tried to
    signed_out,
    sessions_ended,    // one, others or all, by the visitor or an operator
    password_changed,  // or tried to, with the current one
    reset_requested,   // of an unknown address, too: then without an account
    reset_link_made,   // by an operator
    password_reset,
    access_refused,  // a role is needed that the account has not
    throttled,       // too many wrong passwords: none was looked at any more
};
enum class Outcome { done, refused };

[[nodiscard]] std::string_view word_for(Event event) noexcept;
[[nodiscard]] std::string_view word_for(Outcome outcome) noexcept;

struct AuditRow {
    std::int64_t id = 0;
    base::Seconds happened_at = 0;
    std::string event;  // words, so that a row of a newer version can be checked and shown, too
    std::string outcome;
    std::string actor;
    std::optional<std::int64_t> account_id;
    std::string client;
    base::Hash hash{};
};

// account_id: nothing when the address that was named has no account.
void audit(store::Transaction& transaction, const Domain& domain, Event event, Outcome outcome,
           std::optional<std::int64_t> account_id);

// The same for what is told by another than who did it; id and hash are given to it here.
void append(store::Transaction& transaction, AuditRow row);

// The newest first.
[[nodiscard]] std::vector<AuditRow> list_events(Domain& domain, std::int64_t account_id, int limit);

// In order, those after `after`.
[[nodiscard]] std::vector<AuditRow> list_events_after(store::Database& database, std::int64_t after,
                                                      int limit);

struct AuditHead {
    std::int64_t id = 0;
    base::Hash hash{};  // of no row: zeros
    friend bool operator==(const AuditHead&, const AuditHead&) = default;
};
[[nodiscard]] AuditHead audit_head(store::Database& database);

struct AuditVerdict {
    std::int64_t checked = 0;  // rows
    // The first row that does not follow from the one before.
    std::optional<std::int64_t> broken_at{};
    bool anchor_holds = true;  // the row of the anchor is there with that hash
    AuditHead head{};
};
// Reads the whole table, a stretch at a time.
[[nodiscard]] AuditVerdict verify_audit(store::Database& database,
                                        const std::optional<AuditHead>& anchor);

}  // namespace accounts
