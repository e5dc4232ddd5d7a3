// What was refused without an effect that an audit row could go with: a missing role, and what the
// throttle turned away. Noted by the threads of a worker and told in the audit trail by its keeper,
// so that no request waits for a write.
//
//  1. Told once in a window of the throttles (an hour): a missing role for each account and
//     network, a throttle for each account; where the address that was named has none, for each
//     network. All workers count together and a restart forgets nothing: the marks stand in the
//     table throttle (throttle.h).
//  2. At most told_in_all of them in a window. So nobody fills the disk by being refused; how often
//     it happened is in nginx's log and in postern_requests_total.
//  3. What is lost with a worker, or finds the queue full, is told with the next of its kind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "accounts/audit.h"
#include "accounts/domain.h"

namespace accounts {

struct Refusal {
    Event event;
    std::optional<std::int64_t> account_id;  // where it is known already
    std::string email;                       // canonical, else: whose account it may be; or empty
    std::string client;
    base::Seconds happened_at;
};

class RefusalQueue {
  public:
    static constexpr std::size_t capacity = 500;  // between two flushes

    explicit RefusalQueue(const ThrottleSettings& settings) : settings_(settings) {}

    void note(Refusal refusal);  // any thread; never blocks on I/O

    // Tells what is to be told. On the keeper thread. Throws store::Error; what was not told is
    // then kept for the next try.
    void flush(store::Database& database);

  private:
    std::vector<Refusal> take();

    const ThrottleSettings& settings_;
    std::mutex mutex_;
    std::map<std::string, Refusal> noted_;  // by what is the same refusal; guarded by mutex_
};

// The visitor asked for what needs a role that his account has not.
void note_missing_role(Domain& domain, std::int64_t account_id);

}  // namespace accounts
