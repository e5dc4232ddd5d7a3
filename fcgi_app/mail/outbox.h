// The queue of outgoing mail: a table. The row is the truth; a notification is only a hint to look.
//
//  1. A row is committed in the same transaction as the claim or token that it tells of: there is
//     no moment in which one exists without the other. enqueue() takes a Transaction& for that.
//  2. A row has no body and no link. The notifier renders the mail when it sends it, from kind,
//     recipient and the id that the link signs. Who reads the database can follow no link.
//  3. One column, next_attempt_at, is schedule, back-off and lease. take() counts the attempt and
//     moves next_attempt_at to the end of the lease, in one UPDATE, committed before anything is
//     sent. There is no "sending" state to be stranded in. A mail whose attempts end max_unanswered
//     times in a row without any result (it kills its sender, say) goes to the shelf.
//  4. Each take() draws a new lease number. A result is written only WHERE lease = mine, and
//     still_mine() is asked before the mail's first and before its last byte leaves: a sender that
//     was frozen past its lease and wakes up neither sends nor overwrites.
//  5. A dialogue with a relay has an absolute deadline shorter than half of the lease, so that rule
//     4 is the net and not the practice.
//  6. Delivery is at least once: when the relay's last answer was not seen, the mail goes out again
//     with the same Message-ID.
//  7. A mail is not tried any more when its link is dead, or would be at the next attempt.
//  8. Nobody starves. The freshest mail is somebody who waits in front of the screen, so it goes
//     first (newest first: after an outage the old ones have gone to bed); but of four mails one
//     is that which has been due for the longest time, whatever it is. A failing mail waits longer
//     each time (delay_after) and can hold up nobody meanwhile.
//  9. Nobody waits for a clock that was set back: an attempt that lies further ahead than any
//     schedule of ours reaches is pulled in.
// 10. A long queue costs disk, not time or memory: one mail is in memory at a time, and every
//     question of the notifier is answered by an index.
//
// Threads: functions over the caller's Database or Transaction, nothing shared.
// Failures: store::Error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/email_address.h"
#include "store/database.h"

namespace mail {

// What a mail says. The word stands in the table and names its templates.
enum class Kind {
    verify,               // link and code that prove the mailbox
    account_exists,       // somebody registered with the address of an account
    reset_password,       // link to set a new password
    decoy,                // nothing: the same work for an address that has no account
    withheld,             // nothing: more mails were asked for than the budget allows
    password_changed,     // it was, by the page or by a link
    signed_in_elsewhere,  // from a network where the account was not opened before
    test,                 // `postern mail test`
};

// Decoys and withheld ones: rows like any other, which are discarded when it is their turn.
[[nodiscard]] constexpr bool says_nothing(Kind kind) noexcept {
    return kind == Kind::decoy || kind == Kind::withheld;
}

[[nodiscard]] std::string_view word_for(Kind kind) noexcept;
[[nodiscard]] std::optional<Kind> kind_of(std::string_view word) noexcept;

struct NewMail {
    Kind kind;
    base::EmailAddress recipient;
    std::int64_t subject_id;   // the claim or token that the link signs; 0 when there is no link
    base::Seconds expires_at;  // when the link dies
};

// due: to be sent, at next_attempt_at. accepted: the relay took it. shelved: refused for good or
// tried max_attempts times; an operator may retry or drop it. expired: its link died first.
// discarded: one that says_nothing(), or dropped by an operator.
enum class State { due, accepted, shelved, expired, discarded };
[[nodiscard]] std::string_view word_for(State state) noexcept;
[[nodiscard]] std::optional<State> state_of(std::string_view word) noexcept;

inline constexpr base::Seconds lease_seconds = 120;
inline constexpr int max_attempts = 50;    // the last ones an hour apart
inline constexpr int max_unanswered = 10;  // in a row
inline constexpr base::Seconds finished_kept = 30 * base::day;

// ---- For the features of accounts/

// Adds a row, due at once. Gives its id.
std::int64_t enqueue(store::Transaction& transaction, const NewMail& mail, base::Seconds now);

// What became of the newest mail of a claim or token. Replies of relays are not in it: they may
// name a mailbox's owner.
struct Progress {
    State state;
    int attempts;               // 0: not tried yet
    bool being_tried;           // right now, or the sender died less than a lease ago
    base::Seconds next_try_at;  // of state due
    base::Seconds created_at;
    base::Seconds finished_at;  // of every other state
};
[[nodiscard]] std::optional<Progress> latest_for_subject(store::Database& database,
                                                         std::int64_t subject_id);

// Deletes at most `limit` rows that were finished finished_kept ago; gives how many.
std::int64_t purge_finished(store::Transaction& transaction, base::Seconds now, int limit);

// ---- For the notifier

// A mail that this sender may send until lease_ends.
struct Leased {
    std::int64_t id;
    Kind kind;
    base::EmailAddress recipient;
    std::int64_t subject_id;
    std::string message_id;  // local part, 32 hexadecimal digits
    base::Seconds created_at;
    base::Seconds expires_at;
    int attempts;    // this one included
    int unanswered;  // attempts in a row without a result, this one included
    std::int64_t lease;
    base::Seconds lease_ends;
};

// Rule 8. The caller alternates.
enum class Order { freshest, longest_due };

// The next mail to send, leased to the caller once the transaction is committed; nothing when none
// is due. Order::freshest falls back to the longest due. A row that cannot be read is shelved.
[[nodiscard]] std::optional<Leased> take(store::Transaction& transaction, Order order,
                                         base::Seconds now);

// Rule 4: by the clock and by the table.
[[nodiscard]] bool still_mine(store::Database& database, const Leased& mail, base::Seconds now);

// Each gives false, and changes nothing, when the lease is another's by now.
[[nodiscard]] bool finish(store::Transaction& transaction, const Leased& mail, State state,
                          std::string_view reply, base::Seconds now);

// After a failure that may pass: due again after delay_after(mail.attempts), or shelved or expired
// where rule 3 or 7 or max_attempts say so. Gives the state that it has now.
[[nodiscard]] std::optional<State> put_back(store::Transaction& transaction, const Leased& mail,
                                            std::string_view reply, base::Seconds now);

// Due again at that moment, whatever the rules of put_back() say: this sender broke off by itself.
[[nodiscard]] bool release(store::Transaction& transaction, const Leased& mail,
                           std::string_view reply, base::Seconds due_at);

// Exponential with jitter: about a minute after the first attempt, never more than an hour.
[[nodiscard]] base::Seconds delay_after(int attempts);

[[nodiscard]] std::optional<base::Seconds> next_due_at(store::Database& database);

// Rule 7: ends at most `limit` mails whose link is dead; gives how many. has_dead() is the cheap
// question before.
[[nodiscard]] bool has_dead(store::Database& database, base::Seconds now);
std::int64_t expire_dead(store::Transaction& transaction, base::Seconds now, int limit);

// Rule 9.
[[nodiscard]] bool is_out_of_schedule(store::Database& database, base::Seconds now);
void pull_in(store::Transaction& transaction, base::Seconds now);

}  // namespace mail
