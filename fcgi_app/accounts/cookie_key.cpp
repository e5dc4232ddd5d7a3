#include "accounts/cookie_key.h"

#include <sodium.h>

#include <array>
#include <cstdint>

namespace accounts {
namespace {

using Bytes = std::array<unsigned char, cookie_bytes>;

constexpr std::size_t characters = 43;
constexpr std::uint8_t no_letter = 64;

// RFC 4648 section 5: what each letter stands for.
constexpr std::array<std::uint8_t, 256> values_of_letters() {
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::array<std::uint8_t, 256> values{};
    values.fill(no_letter);
    for (std::uint8_t value = 0; value < letters.size(); ++value) {
        values[static_cast<unsigned char>(letters[value])] = value;
    }
    return values;
}

// As base::from_base64url, for one length and without its constant time, which takes a fifteenth of
// a session check and hides nothing here: what is decoded is hashed and looked up at once.
bool decode(std::string_view cookie, Bytes& bytes) noexcept {
    static constexpr auto values = values_of_letters();
    std::uint32_t bits = 0;
    unsigned count = 0;
    std::size_t size = 0;
    for (const char letter : cookie) {
        const std::uint8_t value = values[static_cast<unsigned char>(letter)];
        if (value == no_letter) return false;
        bits = bits << 6U | value;
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes[size++] = static_cast<unsigned char>(bits >> count);
    }
    return (bits & ((1U << count) - 1)) == 0;  // or two cookies would be one
}

}  // namespace

NewCookie make_cookie() {
    const base::Secret bytes = base::random_secret(cookie_bytes);
    return {base::Secret(base::base64url(bytes.reveal())), base::sha256(bytes.reveal())};
}

std::optional<base::Hash> key_of_cookie(std::string_view cookie) noexcept {
    Bytes bytes{};
    if (cookie.size() != characters || !decode(cookie, bytes)) return std::nullopt;
    const base::Hash key =
        base::sha256({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    sodium_memzero(bytes.data(), bytes.size());
    return key;
}

}  // namespace accounts
