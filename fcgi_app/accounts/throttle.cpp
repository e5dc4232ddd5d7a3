#include "accounts/throttle.h"

#include <algorithm>
#include <array>
#include <vector>

#include "accounts/place.h"
#include "accounts/refusals.h"
#include "base/client_network.h"
#include "base/secret.h"
#include "sql.h"

namespace accounts {
namespace {

using Milliseconds = std::int64_t;

// Clocks of threads that read them one after the other, and more.
constexpr Milliseconds believable_lead = 60'000;

struct Bucket {
    base::Hash key;
    int capacity;  // failures in a window
};

base::Hash key_of(std::string_view kind, std::string_view first, std::string_view second = "") {
    std::string text(kind);
    for (const std::string_view part : {first, second}) text.append(1, '\0').append(part);
    return base::sha256(text);
}

base::Hash key_of_pair(const Attempt& attempt) {
    return key_of("account and network", attempt.email, base::network_of(attempt.client));
}

std::vector<Bucket> buckets_of_anyone(const ThrottleSettings& settings, const Attempt& attempt) {
    std::vector<Bucket> buckets{
        {key_of("network", base::network_of(attempt.client)), settings.failures_per_network},
        {key_of("all", ""), settings.failures_in_all}};
    if (!attempt.email.empty()) {
        buckets.push_back({key_of("account", attempt.email), settings.failures_per_account});
    }
    return buckets;
}

Bucket bucket_of_pair(const ThrottleSettings& settings, const Attempt& attempt) {
    return {key_of_pair(attempt), settings.failures_per_account};
}

// The arithmetic of one bucket at one moment.
class Level {
  public:
    Level(const ThrottleSettings& settings, const Bucket& bucket, base::Seconds now)
        : now_(now * 1'000),
          full_(settings.window * 1'000),
          cost_(std::max<Milliseconds>(full_ / bucket.capacity, 1)) {}

    [[nodiscard]] Milliseconds wait(Milliseconds empty_ms) const {
        return std::max<Milliseconds>(0, filled(empty_ms) + cost_ - full_);
    }
    [[nodiscard]] Milliseconds after_failure(Milliseconds empty_ms) const {
        return now_ + std::min(filled(empty_ms) + cost_, full_);
    }

  private:
    [[nodiscard]] Milliseconds filled(Milliseconds empty_ms) const {
        const Milliseconds ahead = empty_ms - now_;
        return ahead > full_ + believable_lead ? 0 : std::max<Milliseconds>(ahead, 0);
    }

    Milliseconds now_;
    Milliseconds full_;
    Milliseconds cost_;
};

std::array<Bucket, 2> buckets_of_refusal(std::string_view refusal) {
    return {{{key_of("refusal", refusal), 1}, {key_of("refusals", ""), told_in_all}}};
}

// By one more.
void fill(store::Transaction& transaction, const ThrottleSettings& settings, const Bucket& bucket,
          base::Seconds now) {
    const auto empty_ms = transaction.query(sql::throttle::find, bucket.key).first_integer();
    const Level level(settings, bucket, now);
    transaction.run(sql::throttle::put, bucket.key, level.after_failure(empty_ms));
}

base::Seconds whole_minutes(Milliseconds wait) {
    constexpr Milliseconds a_minute = 60'000;
    return (wait + a_minute - 1) / a_minute * base::minute;
}

}  // namespace

std::optional<Throttled> is_throttled(Domain& domain, const Attempt& attempt) {
    const ThrottleSettings& settings = domain.settings.throttle;
    if (!settings.enabled) return std::nullopt;
    const auto buckets = is_usual_place(domain, attempt.email, attempt.client)
                             ? std::vector{bucket_of_pair(settings, attempt)}
                             : buckets_of_anyone(settings, attempt);
    Milliseconds wait = 0;
    for (const Bucket& bucket : buckets) {
        const Level level(settings, bucket, domain.clock.now());
        const auto empty_ms = domain.database.read(sql::throttle::find, bucket.key).first_integer();
        wait = std::max(wait, level.wait(empty_ms));
    }
    if (wait == 0) return std::nullopt;
    domain.refusals.note(
        {Event::throttled, std::nullopt, attempt.email, attempt.client, domain.clock.now()});
    return Throttled{whole_minutes(wait)};
}

void count_failure(store::Transaction& transaction, const Domain& domain, const Attempt& attempt) {
    const ThrottleSettings& settings = domain.settings.throttle;
    if (!settings.enabled) return;
    auto buckets = buckets_of_anyone(settings, attempt);
    if (!attempt.email.empty()) buckets.push_back(bucket_of_pair(settings, attempt));
    for (const Bucket& bucket : buckets) fill(transaction, settings, bucket, domain.clock.now());
}

bool is_told(store::Database& database, const ThrottleSettings& settings, std::string_view refusal,
             base::Seconds now) {
    return std::ranges::any_of(buckets_of_refusal(refusal), [&](const Bucket& bucket) {
        const auto empty_ms = database.read(sql::throttle::find, bucket.key).first_integer();
        return Level(settings, bucket, now).wait(empty_ms) > 0;
    });
}

void mark_told(store::Transaction& transaction, const ThrottleSettings& settings,
               std::string_view refusal, base::Seconds now) {
    for (const Bucket& bucket : buckets_of_refusal(refusal)) {
        fill(transaction, settings, bucket, now);
    }
}

void forgive(store::Transaction& transaction, const Attempt& attempt) {
    transaction.run(sql::throttle::forget, key_of_pair(attempt));
}

std::int64_t expire_throttles(store::Transaction& transaction, const ThrottleSettings& settings,
                              base::Seconds now, int limit) {
    const Milliseconds moment = now * 1'000;
    const Milliseconds latest = moment + settings.window * 1'000 + believable_lead;
    return transaction.run(sql::throttle::expire, moment, latest, limit);
}

}  // namespace accounts
