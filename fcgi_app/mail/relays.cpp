#include "mail/relays.h"

#include <algorithm>

#include "base/log.h"
#include "base/metrics.h"
#include "base/secret.h"

namespace mail {
namespace {

using base::Seconds;

constexpr std::chrono::seconds shortest_dialogue{5};  // with less time left none is begun
constexpr Seconds first_pause = 5;
constexpr Seconds longest_pause = base::minute;

Seconds pause_after(int troubles) {
    const int doublings = std::min(troubles - 1, 4);
    const Seconds pause = std::min(longest_pause, first_pause << doublings);
    return pause - base::random_below(static_cast<std::uint32_t>(pause / 4));
}

}  // namespace

struct Relays::Post {
    Post(const Settings& settings, const Relay& relay) : smtp(settings, relay) {}

    // A pause that lies further ahead than any of ours was made before the clock was set back.
    [[nodiscard]] bool is_left_alone(Seconds now) const noexcept {
        return now < not_before && not_before <= now + longest_pause;
    }

    Smtp smtp;
    int troubles = 0;  // in a row
    Seconds not_before = 0;
};

Relays::Relays(const Settings& settings, const base::Clock& clock) : clock_(clock) {
    for (const Relay& relay : settings.relays) {
        posts_.push_back(std::make_unique<Post>(settings, relay));
    }
}

Relays::~Relays() = default;

Verdict Relays::send(const Parcel& parcel, Seconds until, const Terms& terms) {
    Verdict verdict{Outcome::relay_trouble, "no relay could be asked"};
    for (const auto& post : posts_) {
        const Seconds now = clock_.now();
        if (post->is_left_alone(now)) continue;
        Terms shortened = terms;
        shortened.patience =
            std::min<std::chrono::milliseconds>(terms.patience, std::chrono::seconds(until - now));
        if (shortened.patience < shortest_dialogue && shortened.patience < terms.patience) break;
        verdict = post->smtp.send(parcel, shortened);
        judge(*post, verdict);
        if (verdict.outcome != Outcome::relay_trouble) break;
    }
    return verdict;
}

void Relays::judge(Post& post, const Verdict& verdict) {
    if (verdict.outcome == Outcome::stopped) return;
    if (verdict.outcome != Outcome::relay_trouble) {
        post.troubles = 0;
        return;
    }
    ++post.troubles;
    base::count(base::Count::relay_troubles);
    post.not_before = clock_.now() + pause_after(post.troubles);
    base::log(base::Level::warning, "relay_trouble",
              {{"relay", post.smtp.name()}, {"reply", verdict.words}});
}

std::optional<Seconds> Relays::back_at() const {
    const Seconds now = clock_.now();
    std::optional<Seconds> first;
    for (const auto& post : posts_) {
        if (!post->is_left_alone(now)) return std::nullopt;
        first = std::min(first.value_or(post->not_before), post->not_before);
    }
    return first;
}

void Relays::say_goodbye() noexcept {
    for (const auto& post : posts_) post->smtp.say_goodbye();
}

}  // namespace mail
