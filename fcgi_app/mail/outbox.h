// The queue of outgoing mail: a table. The row is the truth; a notification is only a hint to look.
//
//  1. A row is committed in the same transaction as the claim or token that it tells of: there is
//  no
//     moment in which one exists without the other. enqueue() takes a Transaction& for that reason.
//  2. A row has no body and no link. The notifier renders the mail when it sends it, from kind,
//  recipient and the
//     id that the link signs. Who reads the database can follow no link.
//  3. One column, next_attempt_at, is schedule, back-off and lease. take() counts the attempt and
//  moves next_attempt_at to the end of
//     the lease, in one UPDATE, committed before anything is sent: a mail that kills its sender is
//     tried again when the lease ends, and on the shelf after max_attempts. There is no "sending"
//     state to be stranded in.
//  4. Each take() draws a new lease number. A result is written only WHERE lease = mine: a sender
//  that was
//     frozen past its lease and wakes up finds its lease gone, and neither sends nor overwrites.
//  5. A dialogue with a relay has an absolute deadline shorter than half of the lease, so that rule
//  4
//     is the net and not the practice.
//  6. Delivery is at least once: when the relay's last answer was not seen, the mail goes out again
//  with
//     the same Message-ID.
//  7. A mail is not tried any more when its link would be dead.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/email_address.h"
#include "store/database.h"

namespace mail {

// What a mail says. The word stands in the table and names its templates.
enum class Kind {
    verify,          // link and code that prove the mailbox
    account_exists,  // somebody registered with the address of an account
    reset_password,  // link to set a new password
    decoy,           // nothing: the same work for an address that has no account
    test,            // `postern mail test`
};

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
// discarded: a decoy.
enum class State { due, accepted, shelved, expired, discarded };
[[nodiscard]] std::string_view word_for(State state) noexcept;

// A mail that this sender may send until lease_ends.
struct Leased {
    std::int64_t id;
    Kind kind;
    base::EmailAddress recipient;
    std::int64_t subject_id;
    std::string message_id;  // local part, 32 hexadecimal digits
    base::Seconds created_at;
    base::Seconds expires_at;
    int attempts;  // this one included
    std::int64_t lease;
    base::Seconds lease_ends;
};

inline constexpr base::Seconds lease_seconds = 120;
inline constexpr int max_attempts = 50;

// Adds a row, due at once. Gives its id.
std::int64_t enqueue(store::Transaction& transaction, const NewMail& mail, base::Seconds now);

}  // namespace mail
