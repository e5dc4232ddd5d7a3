// Guessing passwords is slow, and locking somebody out by guessing is not possible. Owner of the
// table throttle.
//
//  1. A failed proof of a password is counted four times: for the address that was named, for the
//     network it came from, for both together, and for the whole site. Each is a bucket that holds
//     so many failures and empties at an even pace within settings.window. They stand in the
//     database: all workers see them, a restart empties none.
//  2. Whoever finds a bucket full is told when to come again, before any password is looked at: the
//     answer cannot tell whether it was right. Addresses are counted, not accounts: an unknown one
//     throttles like a known one.
//  3. At a usual place of the account (place.h) only the bucket of that address and network counts.
//     So its owner gets in while strangers hammer it. Whoever is somewhere new sets a new password
//     by mail, which makes the place usual.
//  4. What is counted is failures that are known: as many guesses as there are hashing threads can
//     pass a bucket that has one place left.
//
// How exact: a failure costs window/capacity; a bucket holds one moment, the one at which it will
// be empty. A moment further ahead than a bucket can be is of a clock that was wrong, and counts
// for nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "accounts/domain.h"

namespace accounts {

struct Attempt {
    std::string email;   // canonical; empty: what was typed is no address
    std::string client;  // the visitor's IP address
};

struct Throttled {
    base::Seconds retry_after;  // whole minutes
    friend bool operator==(const Throttled&, const Throttled&) = default;
};

// Nothing: the attempt may go on. Reads only; what is turned away is noted for the audit trail.
[[nodiscard]] std::optional<Throttled> is_throttled(Domain& domain, const Attempt& attempt);

void count_failure(store::Transaction& transaction, const Domain& domain, const Attempt& attempt);

// The owner proved who he is: his own failures at this place are forgotten, not those of others.
void forgive(store::Transaction& transaction, const Attempt& attempt);

// ---- which refusals stand in the audit trail already (refusals.h) ----
//
// A mark is a bucket that one fills, and together they are in one that told_in_all fill.

inline constexpr int told_in_all = 1'000;

// That one in the window before `now`, or so many in all.
[[nodiscard]] bool is_told(store::Database& database, const ThrottleSettings& settings,
                           std::string_view refusal, base::Seconds now);
void mark_told(store::Transaction& transaction, const ThrottleSettings& settings,
               std::string_view refusal, base::Seconds now);

// Takes away at most so many empty buckets; gives how many.
std::int64_t expire_throttles(store::Transaction& transaction, const ThrottleSettings& settings,
                              base::Seconds now, int limit);

}  // namespace accounts
