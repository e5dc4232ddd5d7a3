// The web server's side of FastCGI on a socket, byte by byte, so that a test can also be a bad one.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

using FastcgiParameters = std::vector<std::pair<std::string, std::string>>;

enum class RecordType : unsigned char { begin = 1, end = 3, params = 4, in = 5, out = 6 };

inline std::string record(RecordType type, std::string_view content, std::uint16_t id = 1) {
    std::string bytes;
    bytes += '\1';
    bytes += static_cast<char>(type);
    bytes += static_cast<char>(id >> 8);
    bytes += static_cast<char>(id & 0xff);
    bytes += static_cast<char>(content.size() >> 8);
    bytes += static_cast<char>(content.size() & 0xff);
    bytes += '\0';
    bytes += '\0';
    return bytes.append(content);
}

inline std::string begin_record(bool keep) {
    return record(RecordType::begin,
                  std::string("\0\1", 2) + (keep ? '\1' : '\0') + std::string(5, '\0'));
}

inline std::string length_prefix(std::size_t size) {
    if (size < 128) return std::string(1, static_cast<char>(size));
    const auto n = static_cast<std::uint32_t>(size) | 0x80000000U;
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>((n >> shift) & 0xffU);
    return bytes;
}

inline std::string parameter_records(const FastcgiParameters& parameters) {
    std::string content;
    for (const auto& [name, value] : parameters) {
        content += length_prefix(name.size()) + length_prefix(value.size()) + name + value;
    }
    return record(RecordType::params, content) + record(RecordType::params, "");
}

inline std::string body_records(std::string_view body) {
    std::string bytes;
    while (!body.empty()) {
        bytes += record(RecordType::in, body.substr(0, 32'000));
        body.remove_prefix(std::min<std::size_t>(body.size(), 32'000));
    }
    return bytes + record(RecordType::in, "");
}

inline std::string request_bytes(const FastcgiParameters& parameters, std::string_view body,
                                 bool keep) {
    return begin_record(keep) + parameter_records(parameters) + body_records(body);
}

class FastcgiClient {
  public:
    explicit FastcgiClient(const std::string& path) : descriptor_(socket(AF_UNIX, SOCK_STREAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        if (connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
            throw std::runtime_error("connect: " + path);
        }
    }
    ~FastcgiClient() { hang_up(); }
    FastcgiClient(const FastcgiClient&) = delete;
    FastcgiClient& operator=(const FastcgiClient&) = delete;

    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    // What came on standard output until the end of the request; with the connection lost, what
    // came before.
    std::string receive() {
        std::string output;
        for (;;) {
            const std::string header = read_exactly(8);
            if (header.size() < 8) return output;
            const auto byte = [&](std::size_t at) {
                return static_cast<unsigned char>(header[at]);
            };
            const std::string content =
                read_exactly(static_cast<std::size_t>(byte(4) << 8 | byte(5)));
            read_exactly(byte(6));
            if (byte(1) == static_cast<unsigned char>(RecordType::out)) output += content;
            if (byte(1) == static_cast<unsigned char>(RecordType::end)) return output;
        }
    }

    std::string ask(const FastcgiParameters& parameters, std::string_view body = "",
                    bool keep = true) {
        send(request_bytes(parameters, body, keep));
        return receive();
    }

    // Has the other side hung up within that time?
    bool is_closed(std::chrono::milliseconds patience = std::chrono::seconds(5)) {
        pollfd poll_me{descriptor_, POLLIN, 0};
        if (poll(&poll_me, 1, static_cast<int>(patience.count())) <= 0) return false;
        char byte = 0;
        return recv(descriptor_, &byte, 1, MSG_PEEK) <= 0;
    }

    [[nodiscard]] bool has_answer() const {
        pollfd poll_me{descriptor_, POLLIN, 0};
        return poll(&poll_me, 1, 0) > 0;
    }

    void hang_up() {
        if (descriptor_ >= 0) close(std::exchange(descriptor_, -1));
    }

  private:
    std::string read_exactly(std::size_t size) {
        std::string bytes(size, '\0');
        std::size_t done = 0;
        while (done < size) {
            const auto count = recv(descriptor_, bytes.data() + done, size - done, 0);
            if (count <= 0) break;
            done += static_cast<std::size_t>(count);
        }
        bytes.resize(done);
        return bytes;
    }

    int descriptor_;
};

}  // namespace support
