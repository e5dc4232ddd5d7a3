#include "base/clock.h"

#include <algorithm>
#include <array>
#include <ctime>

namespace base {

Seconds SystemClock::now() const noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec;
}

std::string rfc3339(Seconds moment) {
    constexpr Seconds last = 253402300799;  // 9999-12-31T23:59:59Z
    const std::time_t bounded = std::clamp<Seconds>(moment, 0, last);
    std::tm parts{};
    gmtime_r(&bounded, &parts);
    std::array<char, 32> text{};
    const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return {text.data(), size};
}

}  // namespace base
