#include "base/journal.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <string>

#include "base/secret.h"

namespace base {
namespace {

constexpr std::string_view digits = "0123456789abcdef";
constexpr std::size_t max_datagram_bytes = 16 * 1024;

struct Stream {
    dev_t device;
    ino_t inode;
};

// Constant after open_journal().
int descriptor = -1;
sockaddr_un address{};
Stream stream{};

// $JOURNAL_STREAM is "device:inode", both decimal.
std::optional<Stream> stream_of_environment() {
    const char* const text = std::getenv("JOURNAL_STREAM");
    if (text == nullptr) return std::nullopt;
    const std::string_view pair(text);
    Stream found{};
    const auto device = std::from_chars(pair.begin(), pair.end(), found.device);
    if (device.ec != std::errc{} || device.ptr == pair.end() || *device.ptr != ':')
        return std::nullopt;
    const auto inode = std::from_chars(device.ptr + 1, pair.end(), found.inode);
    if (inode.ec != std::errc{} || inode.ptr != pair.end()) return std::nullopt;
    return found;
}

// Asked anew each time: standard error may be replaced.
bool is_standard_error() noexcept {
    struct stat status {};
    return fstat(STDERR_FILENO, &status) == 0 && status.st_dev == stream.device &&
           status.st_ino == stream.inode;
}

class Datagram {
  public:
    void add(std::string_view name, std::string_view value) noexcept {
        const std::size_t before = size_;
        const bool whole =
            std::ranges::all_of(name, [this](char byte) { return put(upper(byte)); }) && put('=') &&
            std::ranges::all_of(value, [this](char byte) { return put_escaped(byte); }) &&
            put('\n');
        if (!whole) size_ = before;
    }
    [[nodiscard]] std::string_view bytes() const noexcept { return {buffer_.data(), size_}; }

  private:
    static char upper(char byte) noexcept {
        return byte >= 'a' && byte <= 'z' ? static_cast<char>(byte - 'a' + 'A') : byte;
    }
    bool put(char byte) noexcept {
        if (size_ == buffer_.size()) return false;
        buffer_[size_++] = byte;
        return true;
    }
    bool put_escaped(char byte) noexcept {
        if (byte >= ' ' && byte <= '~') return put(byte);
        const auto value = static_cast<unsigned char>(byte);
        return put('\\') && put('x') && put(digits[value >> 4U]) && put(digits[value & 0xfU]);
    }
    std::array<char, max_datagram_bytes> buffer_;  // filled as far as size_
    std::size_t size_ = 0;
};

std::array<char, 32> message_id_of(std::string_view event) noexcept {
    const Hash hash = sha256(event);
    std::array<char, 32> id{};
    for (std::size_t i = 0; i < id.size(); ++i) {
        id[i] = digits[i % 2 == 0 ? hash[i / 2] >> 4U : hash[i / 2] & 0xfU];
    }
    return id;
}

}  // namespace

void open_journal(const std::filesystem::path& socket_path) noexcept {
    const auto found = stream_of_environment();
    const std::string& path = socket_path.native();
    if (!found || path.size() >= sizeof address.sun_path) return;
    stream = *found;
    address.sun_family = AF_UNIX;
    std::ranges::copy(path, address.sun_path);
    descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

Sent send_to_journal(Level level, std::string_view event, std::initializer_list<Field> fields,
                     std::string_view line) noexcept {
    if (descriptor < 0 || !is_standard_error()) return Sent::not_a_journal;
    const char priority = static_cast<char>('0' + static_cast<int>(level));
    const auto id = message_id_of(event);
    Datagram datagram;
    datagram.add("MESSAGE", line);
    datagram.add("PRIORITY", {&priority, 1});
    datagram.add("SYSLOG_IDENTIFIER", "postern");
    datagram.add("EVENT", event);
    datagram.add("MESSAGE_ID", {id.data(), id.size()});
    for (const Field& field : fields) datagram.add(field.name, field.value);
    const std::string_view bytes = datagram.bytes();
    const auto sent = sendto(descriptor, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&address), sizeof address);
    if (sent >= 0) return Sent::yes;
    return errno == EAGAIN || errno == ENOBUFS ? Sent::dropped : Sent::not_a_journal;
}

}  // namespace base
