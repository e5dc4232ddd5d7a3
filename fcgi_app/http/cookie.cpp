#include "http/cookie.h"

#include <algorithm>
#include <stdexcept>

namespace http {
namespace {

// RFC 6265bis section 4.1.1; a name may hold less, but ours are words.
constexpr bool is_cookie_octet(char byte) {
    return byte > ' ' && byte <= '~' && byte != '"' && byte != ',' && byte != ';' && byte != '\\';
}

bool all_cookie_octets(std::string_view text) {
    return std::all_of(text.begin(), text.end(), is_cookie_octet);
}

// A browser drops a cookie whose prefix promises more than its attributes hold.
bool keeps_promise_of_name(const Cookie& cookie) {
    const std::string_view name = cookie.name;
    if (name.starts_with("__Host-")) {
        return cookie.secure && cookie.path == "/" && cookie.domain.empty();
    }
    return cookie.secure || !name.starts_with("__Secure-");
}

}  // namespace

std::string to_header(const Cookie& cookie) {
    if (cookie.name.empty() || cookie.name.find('=') != std::string::npos ||
        !all_cookie_octets(cookie.name) || !all_cookie_octets(cookie.value) ||
        !all_cookie_octets(cookie.path) || !all_cookie_octets(cookie.domain) ||
        !keeps_promise_of_name(cookie)) {
        throw std::invalid_argument("a cookie that no browser would take as it is meant");
    }
    std::string header = cookie.name + "=" + cookie.value + "; Path=" + cookie.path;
    if (!cookie.domain.empty()) header += "; Domain=" + cookie.domain;
    if (cookie.max_age) header += "; Max-Age=" + std::to_string(*cookie.max_age);
    if (cookie.secure) header += "; Secure";
    return header + "; HttpOnly; SameSite=Lax";
}

}  // namespace http
