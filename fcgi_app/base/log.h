// The log: one line an event, written with one write(2) to standard error, which systemd hands to
// the journal. Any thread.
//
//   base::log(base::Level::warning, "mail_refused", {{"mail", "17"}, {"reply", reply}});
//   → <4>mail_refused mail=17 reply="550 no such user"
//
// A Secret does not convert to a field, so a secret cannot be logged. A reader that does not read
// must not stall a request: standard error is made non-blocking once and what does not fit is
// dropped and counted; the count is told with the next line that gets through.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace base {

enum class Level { error = 3, warning = 4, notice = 5, info = 6, debug = 7 };  // syslog's numbers

struct Field {
    std::string_view name;
    std::string_view value;  // quoted and escaped as needed; cut at 512 bytes
};

// event: a word in snake_case. "<N>" is written first when standard error is not a terminal
// (sd-daemon(3)).
void log(Level level, std::string_view event, std::initializer_list<Field> fields = {}) noexcept;

void set_log_level(Level least_important) noexcept;  // default: info

[[nodiscard]] std::uint64_t dropped_log_lines() noexcept;

}  // namespace base
