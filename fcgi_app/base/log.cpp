#include "base/log.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <system_error>

#include "base/journal.h"
#include "base/metrics.h"

namespace base {
namespace {

constexpr std::size_t max_line_bytes = 4096;  // PIPE_BUF: written whole or not at all
constexpr std::size_t max_value_bytes = 512;

std::atomic<int> least_important_level{static_cast<int>(Level::info)};
std::atomic<std::uint64_t> untold_lines{0};  // dropped, and not told in the log yet

// A line under way. What does not fit is refused.
class Line {
  public:
    [[nodiscard]] bool add(std::string_view text) noexcept {
        if (text.size() > limit_ - size_) return false;
        std::copy(text.begin(), text.end(), buffer_.data() + size_);
        size_ += text.size();
        return true;
    }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::string_view text() const noexcept { return {buffer_.data(), size_}; }
    void cut_to(std::size_t size) noexcept { size_ = size; }
    void open_room_for_ending() noexcept { limit_ = max_line_bytes; }

  private:
    static constexpr std::size_t ending_bytes = 64;  // " cut=true", " dropped=N", "\n"
    std::array<char, max_line_bytes> buffer_{};
    std::size_t size_ = 0;
    std::size_t limit_ = max_line_bytes - ending_bytes;
};

constexpr bool is_printable(char byte) {
    return byte >= ' ' && byte <= '~';
}

constexpr bool needs_quotes(char byte) {
    return !is_printable(byte) || byte == ' ' || byte == '"' || byte == '=' || byte == '\\';
}

// Whatever is not printable ASCII becomes \xNN: a terminal would obey some of it, and the journal
// hides lines that are not UTF-8.
bool add_escaped(Line& line, char byte) noexcept {
    constexpr std::string_view digits = "0123456789abcdef";
    if (!is_printable(byte)) {
        const auto value = static_cast<unsigned char>(byte);
        const std::array escape{'\\', 'x', digits[value >> 4U], digits[value & 0xfU]};
        return line.add({escape.data(), escape.size()});
    }
    if ((byte == '"' || byte == '\\') && !line.add("\\")) return false;
    return line.add({&byte, 1});
}

bool add_value(Line& line, std::string_view value) noexcept {
    const auto shown = value.substr(0, max_value_bytes);
    const bool is_cut = shown.size() < value.size();
    if (!value.empty() && !is_cut && std::none_of(value.begin(), value.end(), needs_quotes)) {
        return line.add(value);
    }
    return line.add("\"") &&
           std::all_of(shown.begin(), shown.end(),
                       [&](char byte) { return add_escaped(line, byte); }) &&
           line.add(is_cut ? "...\"" : "\"");
}

bool add_field(Line& line, const Field& field) noexcept {
    const auto before = line.size();
    if (line.add(" ") && line.add(field.name) && line.add("=") && add_value(line, field.value)) {
        return true;
    }
    line.cut_to(before);
    return false;
}

void compose(Line& line, Level level, std::string_view event, std::initializer_list<Field> fields,
             std::uint64_t untold) noexcept {
    const std::array priority{'<', static_cast<char>('0' + static_cast<int>(level)), '>'};
    bool whole = isatty(STDERR_FILENO) == 1 || line.add({priority.data(), priority.size()});
    whole = line.add(event) && whole;
    for (const Field& field : fields) whole = add_field(line, field) && whole;
    line.open_room_for_ending();
    if (!whole) (void)line.add(" cut=true");
    if (untold != 0) {
        std::array<char, 20> number{};
        const auto end = std::to_chars(number.data(), number.data() + number.size(), untold).ptr;
        (void)add_field(line, {"dropped", {number.data(), end}});
    }
    (void)line.add("\n");
}

bool write_now(int descriptor, std::string_view line) noexcept {
    return write(descriptor, line.data(), line.size()) == static_cast<ssize_t>(line.size());
}

bool has_room(int descriptor) noexcept {
    pollfd wanted{descriptor, POLLOUT, 0};
    return poll(&wanted, 1, 0) == 1 && (wanted.revents & (POLLOUT | POLLERR)) == POLLOUT;
}

// Opens the pipe or terminal once more: that gives an open file description of our own which can be
// non-blocking. (Asking poll() first is no promise when several processes write to one pipe; it is
// what remains when there is no descriptor left or the terminal is another user's.)
bool write_to_pipe_or_terminal(std::string_view line) noexcept {
    const int own = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (own < 0) {
        return errno != ENXIO && has_room(STDERR_FILENO) && write_now(STDERR_FILENO, line);
    }
    const bool written = write_now(own, line);
    close(own);
    return written;
}

// O_NONBLOCK is never set on standard error itself: the flag belongs to the open file description,
// which we share with the shell, the supervisor and the other workers. It is asked anew each time
// what standard error is, because it may be replaced under us; under systemd it is a socket and one
// call does it.
bool write_to_standard_error(std::string_view line) noexcept {
    const auto sent = send(STDERR_FILENO, line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0 || errno != ENOTSOCK) return sent == static_cast<ssize_t>(line.size());
    struct stat status {};
    if (fstat(STDERR_FILENO, &status) != 0) return false;
    if (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode)) return write_to_pipe_or_terminal(line);
    return write_now(STDERR_FILENO, line);
}

// What compose() has made, without what only a reader of lines needs.
std::string_view message_of(const Line& line) noexcept {
    std::string_view text = line.text();
    text.remove_prefix(text.starts_with('<') ? 3 : 0);
    text.remove_suffix(1);
    return text;
}

bool write_without_waiting(Level level, std::string_view event, std::initializer_list<Field> fields,
                           const Line& line) noexcept {
    const Sent sent = send_to_journal(level, event, fields, message_of(line));
    if (sent != Sent::not_a_journal) return sent == Sent::yes;
    return write_to_standard_error(line.text());
}

}  // namespace

bool is_logged(Level level) noexcept {
    return static_cast<int>(level) <= least_important_level;
}

void log(Level level, std::string_view event, std::initializer_list<Field> fields) noexcept {
    if (!is_logged(level)) return;
    const int callers_errno = errno;
    const auto untold = untold_lines.exchange(0);
    Line line;
    compose(line, level, event, fields, untold);
    if (!write_without_waiting(level, event, fields, line)) {
        count(Count::log_lines_dropped);
        untold_lines += untold + 1;
    }
    errno = callers_errno;
}

void set_log_level(Level least_important) noexcept {
    least_important_level = static_cast<int>(least_important);
}

void reserve_standard_descriptors() {
    for (int descriptor = 0; descriptor <= STDERR_FILENO; ++descriptor) {
        if (fcntl(descriptor, F_GETFD) >= 0) continue;
        // The lowest free number is the one that is given, and those below are taken.
        if (open("/dev/null", O_RDWR) != descriptor) {
            throw std::system_error(errno, std::generic_category(), "/dev/null");
        }
    }
}

}  // namespace base
