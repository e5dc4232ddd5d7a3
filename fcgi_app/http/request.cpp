#include "http/request.h"

#include <algorithm>

namespace http {
namespace {

constexpr char lower(char byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view blanks = " \t";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// Cuts the text up to the next separator off its front.
std::string_view take_until(std::string_view& rest, char separator) {
    const auto end = rest.find(separator);
    const auto part = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return part;
}

// "q=0", "q=0.000": the one weight that says "not this" (RFC 9110 section 12.4.2).
bool is_weighted_zero(std::string_view entry) {
    (void)take_until(entry, ';');
    while (!entry.empty()) {
        auto parameter = trim(take_until(entry, ';'));
        if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) continue;
        parameter.remove_prefix(2);
        return parameter.find_first_not_of("0.") == std::string_view::npos;
    }
    return false;
}

}  // namespace

bool has_media_type(std::string_view header, std::string_view media_type) noexcept {
    return equal_ignoring_case(trim(take_until(header, ';')), media_type);
}

bool wants_json(const Request& request) noexcept {
    constexpr std::string_view json = "application/json";
    if (has_media_type(request.content_type, json)) return true;
    std::string_view rest = request.accept;
    while (!rest.empty()) {
        const auto entry = take_until(rest, ',');
        if (has_media_type(entry, json)) return !is_weighted_zero(entry);
    }
    return false;
}

CookieValue find_cookie(std::string_view cookie_header, std::string_view name) noexcept {
    CookieValue found;
    bool seen = false;
    while (!cookie_header.empty()) {
        auto pair = trim(take_until(cookie_header, ';'));
        const bool has_value = pair.find('=') != std::string_view::npos;
        // The name is not trimmed on its right: "name =" is another cookie than "name=".
        if (take_until(pair, '=') != name || !has_value) continue;
        if (seen) return {true, {}};
        seen = true;
        found.value = pair;
    }
    return found;
}

}  // namespace http
