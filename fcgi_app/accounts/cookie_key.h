// What is kept of a cookie of ours (session or claim): not its 256 random bits, but their SHA-256.
#pragma once

#include <optional>
#include <string_view>

#include "base/secret.h"

namespace accounts {

inline constexpr std::size_t cookie_bytes = 32;

struct NewCookie {
    base::Secret cookie;  // base64url, 43 characters
    base::Hash key;
};
[[nodiscard]] NewCookie make_cookie();

// Nothing for a text that no cookie of ours can be. On the way of every request: allocates nothing.
[[nodiscard]] std::optional<base::Hash> key_of_cookie(std::string_view cookie) noexcept;

}  // namespace accounts
