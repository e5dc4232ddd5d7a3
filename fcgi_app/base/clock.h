// Time as the whole of Postern knows it: whole seconds since 1970-01-01T00:00:00Z.
//
// What has a rule that depends on the time of day asks a Clock, so that a test can hand in one that
// it moves. (How old a file or a request of nginx is asks the system: fractions of seconds.)
#pragma once

#include <cstdint>
#include <string>

namespace base {

using Seconds = std::int64_t;  // a moment (Unix time, UTC) or a span

inline constexpr Seconds minute = 60;
inline constexpr Seconds hour = 60 * minute;
inline constexpr Seconds day = 24 * hour;

class Clock {
  public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock() = default;
    [[nodiscard]] virtual Seconds now() const noexcept = 0;  // any thread
};

class SystemClock final : public Clock {
  public:
    [[nodiscard]] Seconds now() const noexcept override;
};

// "2026-02-28T23:59:59Z" (RFC 3339, UTC). Years outside 1970–9999 are clamped to these.
[[nodiscard]] std::string rfc3339(Seconds moment);

}  // namespace base
