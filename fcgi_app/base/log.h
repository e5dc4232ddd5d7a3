// The log: one line an event, written with one write(2) to standard error; where that is systemd's
// journal, sent to it with its fields instead (journal.h). Any thread.
//
//   base::log(base::Level::warning, "mail_refused", {{"mail", "17"}, {"reply", reply}});
//   → <4>mail_refused mail=17 reply="550 no such user"
//   → journalctl EVENT=mail_refused MAIL=17
//
// A Secret does not convert to a field, so a secret cannot be logged. A reader that does not read
// must not stall a request: no write waits; a line that does not fit is dropped and counted
// (metrics.h), and the count is told with the next line that gets through (dropped=N). A line is at
// most 4,096 bytes; fields that do not fit are left out and the line ends with cut=true.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace base {

enum class Level { error = 3, warning = 4, notice = 5, info = 6, debug = 7 };  // syslog's numbers

struct Field {
    std::string_view name;
    std::string_view value;  // quoted, escaped to printable ASCII, cut at 512 bytes
};

// event: a word in snake_case. "<N>" is written first when standard error is not a terminal
// (sd-daemon(3)).
void log(Level level, std::string_view event, std::initializer_list<Field> fields = {}) noexcept;

[[nodiscard]] bool is_logged(Level level) noexcept;
void set_log_level(Level least_important) noexcept;  // default: info

// Opens /dev/null for each of standard input, output and error that is closed, so that no database
// or socket is given the number that the log writes to. First thing in main, before any thread.
// Throws std::system_error.
void reserve_standard_descriptors();

}  // namespace base
