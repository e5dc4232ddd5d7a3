// When a refused sign-in is answered: at a fixed moment after it was taken up, whatever was found
// about the address.
//
// An account that has not signed in since the cost of hashing was changed has a hash that takes its
// old time, so the time of a refusal would tell it from an address without an account, whose hash
// has the live cost. The moment lies well above the dearest hash in use: five times what it takes
// at best here. That is learned from the hashes of this worker; a dearer one than the live cost (it
// was lowered) counts from when it is first met.
#pragma once

#include <atomic>
#include <chrono>
#include <limits>

#include "accounts/password.h"

namespace accounts {

// Any thread.
class Pace {
  public:
    using Span = std::chrono::nanoseconds;

    explicit Pace(const PasswordSettings& live);

    // A hash was computed, of an account or of none.
    void note(const HashCost& cost, Span took) noexcept;

    // From taking up a request until its refusal may leave; whole hundredths of a second, so that
    // what is learned does not show. Zero before the first hash.
    [[nodiscard]] Span refusal() const noexcept;

  private:
    static constexpr double unknown = std::numeric_limits<double>::infinity();
    std::atomic<double> best_rate_ = unknown;  // nanoseconds for a KiB and pass
    std::atomic<double> dearest_work_;         // KiB x passes
};

}  // namespace accounts
