// Text whose signs are ASCII, the same in every locale: for tolower() and its like, a Turkish
// locale is another alphabet. Bytes beyond ASCII stay what they are.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace base {

[[nodiscard]] constexpr char lower(char byte) noexcept {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
}

inline void make_lower(std::string& text) noexcept {
    std::ranges::transform(text, text.begin(), lower);
}

[[nodiscard]] inline std::string lowered(std::string_view text) {
    std::string copy(text);
    make_lower(copy);
    return copy;
}

[[nodiscard]] constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, {}, lower, lower);
}

[[nodiscard]] constexpr std::string_view trimmed(std::string_view text,
                                                 std::string_view blanks = " ") noexcept {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace base
