// A clock that stands still until the test moves it.
#pragma once

#include <atomic>

#include "base/clock.h"

namespace support {

class ManualClock final : public base::Clock {
  public:
    explicit ManualClock(base::Seconds start = 1'750'000'000) : now_(start) {}
    [[nodiscard]] base::Seconds now() const noexcept override { return now_.load(); }
    void advance(base::Seconds span) { now_ += span; }
    void set(base::Seconds moment) { now_ = moment; }

  private:
    std::atomic<base::Seconds> now_;
};

}  // namespace support
