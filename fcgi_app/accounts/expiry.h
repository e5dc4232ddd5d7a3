// Taking away what is dead: sessions, claims, tokens, finished mails of the outbox after a while,
// counts and throttles that are empty, places that are usual no more, old events of the audit
// trail.
#pragma once

#include <chrono>
#include <cstdint>

#include "accounts/domain.h"

namespace accounts {

struct Expired {
    std::int64_t sessions = 0;
    std::int64_t claims = 0;
    std::int64_t tokens = 0;
    std::int64_t mails = 0;
    std::int64_t mail_counts = 0;
    std::int64_t throttles = 0;
    std::int64_t places = 0;
    std::int64_t events = 0;
};

// Works in transactions of a hundred rows and rests after each full one, so that no other writer
// waits long: neither for the gate, which is held for milliseconds, nor for the checkpoints. A
// session that goes costs about a page of the log, because its entry in the index of accounts
// stands alone, and a million as fast as they can be deleted made each checkpoint hold the gate for
// 400 ms. Takes five minutes for a million.
inline constexpr std::chrono::milliseconds expiry_rest{20};
Expired expire(Domain& domain, std::chrono::milliseconds rest = expiry_rest);

}  // namespace accounts
