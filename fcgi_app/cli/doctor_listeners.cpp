#include "cli/doctor_listeners.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>

namespace cli::doctor {
namespace {

constexpr std::string_view listening = "0A";
constexpr std::string_view mapped = "::ffff:";  // IPv4 in a table of IPv6

template <typename Number>
std::optional<Number> from_hex(std::string_view digits) {
    Number number{};
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
    const bool whole = error == std::errc() && end == digits.data() + digits.size();
    return whole ? std::optional(number) : std::nullopt;
}

// Words of 32 bits, each in the machine's own order: "0100007F" is 127.0.0.1 on most.
std::optional<std::string> address_in(std::string_view digits) {
    std::array<std::uint32_t, 4> words{};
    if (digits.size() != 8 && digits.size() != 32) return std::nullopt;
    for (std::size_t at = 0; at < digits.size(); at += 8) {
        const auto word = from_hex<std::uint32_t>(digits.substr(at, 8));
        if (!word) return std::nullopt;
        words.at(at / 8) = *word;
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(digits.size() == 8 ? AF_INET : AF_INET6, words.data(), text.data(), text.size());
    const std::string_view address(text.data());
    return std::string(address.starts_with(mapped) ? address.substr(mapped.size()) : address);
}

std::string text_of(const char* file) {
    std::ifstream input(file);
    return {std::istreambuf_iterator<char>(input), {}};
}

// Only an address of one's own can be bound to.
bool is_own(const addrinfo& found) {
    const int probe = socket(found.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool own = probe >= 0 && bind(probe, found.ai_addr, found.ai_addrlen) == 0;
    if (probe >= 0) close(probe);
    return own;
}

}  // namespace

bool Listener::on_loopback() const {
    return address == "::1" || address.starts_with("127.");
}

std::vector<Listener> listeners_in(std::string_view table) {
    std::vector<Listener> found;
    std::istringstream lines{std::string(table)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string number;
        std::string local;
        std::string remote;
        std::string state;
        words >> number >> local >> remote >> state;
        const auto colon = local.find(':');
        if (state != listening || colon == std::string::npos) continue;
        const auto address = address_in(std::string_view(local).substr(0, colon));
        const auto port = from_hex<int>(std::string_view(local).substr(colon + 1));
        if (address && port) found.push_back({*address, *port});
    }
    return found;
}

std::vector<Listener> listeners() {
    return listeners_in(text_of("/proc/net/tcp") + text_of("/proc/net/tcp6"));
}

std::string to_text(const std::string& address, int port) {
    const bool brackets = address.find(':') != std::string::npos;
    return (brackets ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

std::vector<std::string> own_addresses(const std::string& host) {
    const bool brackets = host.starts_with('[') && host.ends_with(']');
    const std::string name = brackets ? host.substr(1, host.size() - 2) : host;
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    if (getaddrinfo(name.c_str(), nullptr, &wanted, &list) != 0) return {};
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> all(list, &freeaddrinfo);
    std::vector<std::string> addresses;
    for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
        std::array<char, NI_MAXHOST> text{};
        const int failed =
            getnameinfo(one->ai_addr, one->ai_addrlen, text.data(),
                        static_cast<socklen_t>(text.size()), nullptr, 0, NI_NUMERICHOST);
        if (failed == 0 && is_own(*one)) addresses.emplace_back(text.data());
    }
    return addresses;
}

}  // namespace cli::doctor
