// The queue as the operator sees and steers it (`postern mail …`, metrics). Never a body or a link:
// a row has none.
//
// Threads and failures as in outbox.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mail/outbox.h"

namespace mail {

struct Entry {
    std::int64_t id;
    std::string kind;
    std::string recipient;
    std::string message_id;  // local part
    State state;
    int attempts;
    bool being_tried;
    base::Seconds next_attempt_at;  // of state due
    base::Seconds created_at;
    base::Seconds expires_at;
    std::optional<base::Seconds> finished_at;
    std::optional<std::string> last_reply;
};

// The newest first; nothing for `state` means all states.
[[nodiscard]] std::vector<Entry> list(store::Database& database, std::optional<State> state,
                                      int limit);
[[nodiscard]] std::optional<Entry> find(store::Database& database, std::int64_t id);

// Due again now, with attempts counted from none. False for a mail that is being sent, was
// accepted or discarded, has a dead link or does not exist.
[[nodiscard]] bool retry(store::Transaction& transaction, std::int64_t id, base::Seconds now);

// Never sent. False for a mail that was accepted or discarded or does not exist. A mail that is
// just being sent may get through all the same.
[[nodiscard]] bool drop(store::Transaction& transaction, std::int64_t id, base::Seconds now);

struct Statistics {
    std::map<State, std::int64_t> count;      // every state is in it
    std::optional<base::Seconds> oldest_due;  // created_at
    int most_attempts = 0;                    // of the due ones
};
[[nodiscard]] Statistics statistics(store::Database& database);

// What is asked often and must cost little, however long the queue: counted up to a limit, by
// indices alone.
struct Backlog {
    std::int64_t due = 0;
    std::int64_t shelved = 0;
    base::Seconds overdue = 0;  // for how long the mail that is next could have been taken
};
[[nodiscard]] Backlog backlog(store::Database& database, base::Seconds now, std::int64_t limit);

}  // namespace mail
