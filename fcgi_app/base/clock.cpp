#include "base/clock.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <ctime>

namespace base {
namespace {

void put_digits(std::string& text, std::size_t at, std::size_t count, unsigned number) {
    for (std::size_t i = count; i-- > 0; number /= 10) {
        text[at + i] = static_cast<char>('0' + number % 10);
    }
}

}  // namespace

Seconds SystemClock::now() const noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec;
}

std::string rfc3339(Seconds moment) {
    using namespace std::chrono;
    constexpr Seconds last = 253402300799;  // 9999-12-31T23:59:59Z
    const sys_seconds time{seconds(std::clamp<Seconds>(moment, 0, last))};
    const auto midnight = floor<days>(time);
    const year_month_day date(midnight);
    const hh_mm_ss clock(time - midnight);
    std::string text = "0000-00-00T00:00:00Z";
    put_digits(text, 0, 4, static_cast<unsigned>(int{date.year()}));
    put_digits(text, 5, 2, unsigned{date.month()});
    put_digits(text, 8, 2, unsigned{date.day()});
    put_digits(text, 11, 2, static_cast<unsigned>(clock.hours().count()));
    put_digits(text, 14, 2, static_cast<unsigned>(clock.minutes().count()));
    put_digits(text, 17, 2, static_cast<unsigned>(clock.seconds().count()));
    return text;
}

}  // namespace base
