// Taking away what is dead: sessions, claims, tokens, finished mails of the outbox after a while,
// counts and throttles that are empty, places that are usual no more, old events of the audit
// trail.
#pragma once

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

// Works in batches so small that no other writer waits long (the gate is held for milliseconds
// each).
Expired expire(Domain& domain);

}  // namespace accounts
