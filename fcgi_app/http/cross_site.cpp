#include "http/cross_site.h"

#include <algorithm>

#include "http/fields.h"

namespace http {
namespace {

constexpr std::size_t max_address_bytes = 2048;
constexpr int max_encodings = 4;  // nobody encodes an honest path more often

constexpr bool is_visible_ascii(char byte) {
    return byte > ' ' && byte <= '~';
}

// Whether text stands at the front; cut off then.
bool take(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

// Nothing when the text is neither a path nor on one of our origins; else what follows the origin.
std::optional<std::string_view> after_origin(std::string_view text, std::string_view public_origin,
                                             const std::vector<std::string>& return_hosts) {
    if (text.starts_with('/')) return text;
    const auto scheme = public_origin.substr(0, public_origin.find("://") + 3);
    const auto is_end = [](std::string_view rest) {
        return rest.empty() || rest.front() == '/' || rest.front() == '?' || rest.front() == '#';
    };
    auto rest = text;
    if (take(rest, public_origin) && is_end(rest)) return rest;
    for (const std::string& host : return_hosts) {
        rest = text;
        if (host.empty()) continue;  // "https:///evil" is evil's to a browser
        if (take(rest, scheme) && take(rest, host) && is_end(rest)) return rest;
    }
    return std::nullopt;
}

bool has_dot_segment(std::string_view path) {
    while (!path.empty()) {
        path.remove_prefix(path.front() == '/' ? 1 : 0);
        const auto segment = path.substr(0, path.find('/'));
        if (segment == "." || segment == "..") return true;
        path.remove_prefix(segment.size());
    }
    return false;
}

// What some reader, now or one redirect later, could take for another host or another line.
bool is_treacherous(std::string_view path) {
    return path.starts_with("//") || has_dot_segment(path) ||
           std::any_of(path.begin(), path.end(), [](char byte) {
               return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f || byte == '\\';
           });
}

// Decodes each %XX once and keeps a percent sign that stands for itself.
std::string decode_leniently(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const auto decoded = percent_decode(text.substr(0, 3), false);
        const bool is_code = text.front() == '%' && decoded && decoded->size() == 1;
        result.push_back(is_code ? decoded->front() : text.front());
        text.remove_prefix(is_code ? 3 : 1);
    }
    return result;
}

// The path, and all that it can be decoded to. A percent sign may be left over from decoding, but
// in the address itself it must be an encoding.
bool is_safe_path(std::string_view raw) {
    if (!percent_decode(raw, false)) return false;
    std::string path(raw);
    for (int round = 0; round <= max_encodings; ++round) {
        if (is_treacherous(path)) return false;
        auto decoded = decode_leniently(path);
        if (decoded == path) return true;
        path = std::move(decoded);
    }
    return false;
}

}  // namespace

bool is_same_site(const Request& request, std::string_view public_origin) noexcept {
    const std::string_view site = request.sec_fetch_site;
    if (!site.empty()) return site == "same-origin" || site == "none";
    return request.origin.empty() || request.origin == public_origin;
}

std::optional<std::string> safe_return_address(std::string_view text,
                                               std::string_view public_origin,
                                               const std::vector<std::string>& return_hosts) {
    if (text.size() > max_address_bytes ||
        !std::all_of(text.begin(), text.end(), is_visible_ascii) ||
        text.find('\\') != std::string_view::npos) {
        return std::nullopt;
    }
    const auto rest = after_origin(text, public_origin, return_hosts);
    if (!rest || text.empty() || !is_safe_path(rest->substr(0, rest->find_first_of("?#")))) {
        return std::nullopt;
    }
    return std::string(text);
}

}  // namespace http
