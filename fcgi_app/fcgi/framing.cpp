#include "fcgi/framing.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <span>
#include <vector>

namespace fcgi {
namespace {

constexpr unsigned char version = 1;
constexpr unsigned char begin_request = 1;
constexpr unsigned char standard_input = 5;
constexpr std::size_t header_bytes = 8;
constexpr std::size_t begin_bytes = 8;

// Nearly every request fits in.
constexpr std::size_t usual_bytes = 4'096;

unsigned at(std::string_view bytes, std::size_t place) {
    return static_cast<unsigned char>(bytes[place]);
}

unsigned two_at(std::string_view bytes, std::size_t place) {
    return at(bytes, place) << 8U | at(bytes, place + 1);
}

Arrived arrived_in(int descriptor, std::span<char> buffer) {
    const auto count = recv(descriptor, buffer.data(), buffer.size(), MSG_PEEK | MSG_DONTWAIT);
    if (count < 0) {
        const bool is_none = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
        return is_none ? Arrived::nothing : Arrived::whole;
    }
    const auto size = static_cast<std::size_t>(count);
    const bool is_whole = size == 0 || is_whole_request({buffer.data(), size});
    explicit_bzero(buffer.data(), size);
    if (is_whole) return Arrived::whole;
    return size < buffer.size() ? Arrived::part : Arrived::excess;
}

}  // namespace

Arrived arrived_at(int descriptor, std::size_t most) {
    std::array<char, usual_bytes> usual;
    const Arrived found = arrived_in(descriptor, usual);
    if (found != Arrived::excess) return found;
    std::vector<char> all(most + 1);
    return arrived_in(descriptor, all);
}

bool is_whole_request(std::string_view bytes) noexcept {
    unsigned request = 0;
    while (bytes.size() >= header_bytes) {
        const unsigned type = at(bytes, 1);
        const unsigned id = two_at(bytes, 2);
        const unsigned length = two_at(bytes, 4);
        const bool begins = type == begin_request;
        if (at(bytes, 0) != version || (begins && length != begin_bytes)) return true;
        if (begins && request == 0) request = id;
        const bool ends = type == standard_input && length == 0;
        if (ends && request != 0 && request == id) return true;
        const std::size_t record = header_bytes + length + at(bytes, 6);
        if (bytes.size() < record) return false;
        bytes.remove_prefix(record);
    }
    return false;
}

}  // namespace fcgi
