// Writing a Set-Cookie header (RFC 6265bis section 4.1), always with HttpOnly and SameSite=Lax.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace http {

struct Cookie {
    std::string name;
    std::string value;
    std::string path = "/";
    std::string domain;                    // empty: this host only
    std::optional<base::Seconds> max_age;  // absent: until the browser closes; 0: delete now
    bool secure = true;
};

// Throws std::invalid_argument when a part holds what would end it (a control character, a space, a
// ';', …), and when the attributes break what the prefix of the name promises (__Host-, __Secure-).
[[nodiscard]] std::string to_header(const Cookie& cookie);

}  // namespace http
