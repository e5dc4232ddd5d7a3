#include "http/request.h"

#include "base/ascii.h"

namespace http {
namespace {

constexpr std::string_view blanks = " \t";

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
        auto parameter = base::trimmed(take_until(entry, ';'), blanks);
        if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) continue;
        parameter.remove_prefix(2);
        return parameter.find_first_not_of("0.") == std::string_view::npos;
    }
    return false;
}

}  // namespace

bool is_request_id(std::string_view text) noexcept {
    return text.size() == 32 && std::ranges::all_of(text, [](char letter) {
               return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f');
           });
}

bool has_media_type(std::string_view header, std::string_view media_type) noexcept {
    return base::equal_ignoring_case(base::trimmed(take_until(header, ';'), blanks), media_type);
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
        auto pair = base::trimmed(take_until(cookie_header, ';'), blanks);
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
