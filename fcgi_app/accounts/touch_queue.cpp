#include "accounts/touch_queue.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "sql.h"

namespace accounts {
namespace {

using Touch = std::pair<base::Hash, base::Seconds>;

void write(store::Database& database, std::span<const Touch> touches) {
    store::Transaction transaction(database);
    for (const auto& [key, used_at] : touches) {
        transaction.run(sql::session::touch, key, used_at);
    }
    transaction.commit();
}

}  // namespace

void TouchQueue::note(const base::Hash& key, base::Seconds now) {
    const std::lock_guard lock(mutex_);
    if (const auto at = noted_.find(key); at != noted_.end()) {
        at->second = std::max(at->second, now);
    } else if (noted_.size() < capacity) {
        noted_.emplace(key, now);
    }
}

void TouchQueue::flush(store::Database& database) {
    Noted taken;
    {
        const std::lock_guard lock(mutex_);
        taken.swap(noted_);
    }
    // In order of key, as the table is: neighbours share their pages.
    std::vector<Touch> pending(taken.begin(), taken.end());
    std::sort(pending.begin(), pending.end());
    std::span<const Touch> rest(pending);
    try {
        while (!rest.empty()) {
            const auto batch = rest.first(std::min(rest.size(), rows_a_transaction));
            write(database, batch);
            rest = rest.subspan(batch.size());
        }
    } catch (...) {
        for (const auto& [key, used_at] : rest) note(key, used_at);
        throw;
    }
}

}  // namespace accounts
