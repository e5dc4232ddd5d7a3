#include "accounts/pace.h"

#include <cmath>
#include <functional>

namespace accounts {
namespace {

constexpr double margin = 5;
constexpr double step = 10'000'000;  // nanoseconds

// What the time of an Argon2 hash is proportional to.
double work_of(const HashCost& cost) {
    return static_cast<double>(cost.memory_kib) * static_cast<double>(cost.passes);
}

// Puts the value in its place where `is_better` than what is there.
template <typename Better>
void improve(std::atomic<double>& place, double value, Better is_better) {
    double known = place.load();
    while (is_better(value, known) && !place.compare_exchange_weak(known, value)) {
    }
}

}  // namespace

Pace::Pace(const PasswordSettings& live) : dearest_work_(work_of({live.memory_kib, live.passes})) {}

void Pace::note(const HashCost& cost, Span took) noexcept {
    const double work = work_of(cost);
    improve(dearest_work_, work, std::greater<>());
    improve(best_rate_, static_cast<double>(took.count()) / work, std::less<>());
}

Pace::Span Pace::refusal() const noexcept {
    const double rate = best_rate_.load();
    if (rate == unknown) return Span(0);
    const double least = margin * rate * dearest_work_.load();
    return Span(static_cast<Span::rep>(std::ceil(least / step) * step));
}

}  // namespace accounts
