#include "accounts/expiry.h"

#include <algorithm>
#include <span>
#include <thread>
#include <vector>

#include "accounts/audit.h"
#include "accounts/mail_budget.h"
#include "accounts/place.h"
#include "accounts/throttle.h"
#include "mail/outbox.h"
#include "sql.h"

namespace accounts {
namespace {

constexpr std::size_t rows_a_transaction = 100;
constexpr int rows_a_read = 10'000;  // a long read would keep the checkpoints from emptying the WAL
constexpr base::Seconds kept_dead = 1 * base::day;  // claims and tokens

// A stretch of the table in order of key.
struct Stretch {
    std::vector<base::Hash> dead;
    base::Hash last{};
    bool is_end = false;
};

Stretch read_stretch(Domain& domain, const base::Hash& after, base::Seconds now) {
    Stretch stretch;
    int read = 0;
    auto rows = domain.database.read(sql::session::walk, after, now, rows_a_read);
    for (; rows.next(); ++read) {
        stretch.last = rows.hash(0);
        if (rows.integer(1) != 0) stretch.dead.push_back(stretch.last);
    }
    stretch.is_end = read < rows_a_read;
    return stretch;
}

std::int64_t remove(Domain& domain, std::span<const base::Hash> keys, base::Seconds now) {
    std::int64_t removed = 0;
    store::Transaction transaction(domain.database);
    for (const base::Hash& key : keys) {
        removed += transaction.run(sql::session::expire, key, now);
    }
    transaction.commit();
    return removed;
}

std::int64_t expire_sessions(Domain& domain, base::Seconds now, std::chrono::milliseconds rest) {
    std::int64_t removed = 0;
    Stretch stretch;
    while (!stretch.is_end) {
        stretch = read_stretch(domain, stretch.last, now);
        for (std::span<const base::Hash> left(stretch.dead); !left.empty();) {
            const auto batch = left.first(std::min(left.size(), rows_a_transaction));
            removed += remove(domain, batch, now);
            left = left.subspan(batch.size());
            if (batch.size() == rows_a_transaction) std::this_thread::sleep_for(rest);
        }
    }
    return removed;
}

// Runs `remove_some`, which gives how many rows it deleted of at most `limit`, until none is left.
template <typename RemoveSome>
std::int64_t in_batches(Domain& domain, std::chrono::milliseconds rest, RemoveSome remove_some) {
    constexpr auto limit = static_cast<int>(rows_a_transaction);
    std::int64_t removed = 0;
    for (std::int64_t last = limit; last == limit; removed += last) {
        if (removed > 0) std::this_thread::sleep_for(rest);
        store::Transaction transaction(domain.database);
        last = remove_some(transaction, limit);
        transaction.commit();
    }
    return removed;
}

}  // namespace

Expired expire(Domain& domain, std::chrono::milliseconds rest) {
    const base::Seconds now = domain.clock.now();
    const auto of = [&](const store::Query& query) {
        return in_batches(domain, rest, [&](store::Transaction& transaction, int limit) {
            return transaction.run(query, now - kept_dead, limit);
        });
    };
    const auto mails = [&](store::Transaction& transaction, int limit) {
        return mail::purge_finished(transaction, now, limit);
    };
    const auto throttles = [&](store::Transaction& transaction, int limit) {
        return expire_throttles(transaction, domain.settings.throttle, now, limit);
    };
    const auto places = [&](store::Transaction& transaction, int limit) {
        return transaction.run(sql::place::expire, now - usual_for, limit);
    };
    const auto events = [&](store::Transaction& transaction, int limit) {
        return transaction.run(sql::audit::expire, now - audit_kept, limit);
    };
    Expired expired;
    expired.sessions = expire_sessions(domain, now, rest);
    expired.claims = of(sql::claim::expire);
    expired.tokens = of(sql::token::expire);
    expired.mails = in_batches(domain, rest, mails);
    expired.mail_counts = in_batches(domain, rest, [&](store::Transaction& transaction, int limit) {
        return expire_mail_counts(transaction, now, limit);
    });
    expired.throttles = in_batches(domain, rest, throttles);
    expired.places = in_batches(domain, rest, places);
    expired.events = in_batches(domain, rest, events);
    return expired;
}

}  // namespace accounts
