#include "base/client_network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace base {
namespace {

constexpr std::size_t kept_of_v4 = 3;  // bytes: /24
constexpr std::size_t kept_of_v6 = 6;  // bytes: /48

std::string text_of(int family, const void* bytes) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    return inet_ntop(family, bytes, text.data(), text.size()) == nullptr ? "" : text.data();
}

std::string network_of_v4(std::array<unsigned char, 4> bytes) {
    std::fill(bytes.begin() + kept_of_v4, bytes.end(), 0);
    return text_of(AF_INET, bytes.data()) + "/24";
}

std::string network_of_v6(std::array<unsigned char, 16> bytes) {
    constexpr std::array<unsigned char, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (std::equal(mapped.begin(), mapped.end(), bytes.begin())) {
        return network_of_v4({bytes[12], bytes[13], bytes[14], bytes[15]});
    }
    std::fill(bytes.begin() + kept_of_v6, bytes.end(), 0);
    return text_of(AF_INET6, bytes.data()) + "/48";
}

}  // namespace

std::string network_of(std::string_view client) {
    const std::string text(client);
    std::array<unsigned char, 4> v4{};
    if (inet_pton(AF_INET, text.c_str(), v4.data()) == 1) return network_of_v4(v4);
    std::array<unsigned char, 16> v6{};
    if (inet_pton(AF_INET6, text.c_str(), v6.data()) == 1) return network_of_v6(v6);
    return "elsewhere";
}

}  // namespace base
