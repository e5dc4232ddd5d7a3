#include "accounts/cookie_key.h"

#include <sodium.h>

#include <array>

namespace accounts {

NewCookie make_cookie() {
    const base::Secret bytes = base::random_secret(cookie_bytes);
    return {base::Secret(base::base64url(bytes.reveal())), base::sha256(bytes.reveal())};
}

std::optional<base::Hash> key_of_cookie(std::string_view cookie) noexcept {
    constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    constexpr std::size_t characters = 43;
    if (cookie.size() != characters) return std::nullopt;
    std::array<unsigned char, cookie_bytes> bytes{};
    const bool decoded = sodium_base642bin(bytes.data(), bytes.size(), cookie.data(), cookie.size(),
                                           nullptr, nullptr, nullptr, variant) == 0;
    if (!decoded) return std::nullopt;
    const base::Hash key =
        base::sha256({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    sodium_memzero(bytes.data(), bytes.size());
    return key;
}

}  // namespace accounts
