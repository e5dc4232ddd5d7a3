// The mails of the transport "hold" (development): nothing was sent, the mailbox page shows them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "mail/messages.h"
#include "store/database.h"

namespace mail {

struct Held {
    std::int64_t id;
    base::Seconds created_at;
    std::string recipient;
    std::string subject;
    std::string text;
    std::string link;  // or empty
};

inline constexpr int held_shown = 100;

// The newest held_shown ones, newest first, rendered anew. Throws store::Error.
[[nodiscard]] std::vector<Held> held_mails(store::Database& database, const Messages& messages);

}  // namespace mail
