// One request as nginx described it: an owning copy, made once by the acceptor. Plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace http {

enum class Method : std::uint8_t { get, head, post, other };

// Which listening socket the request came in by. Routes that hash a password are answered on their
// own lane only, so that a flood of them cannot slow anything else.
enum class Lane : std::uint8_t { quick, hashing };

struct Request {
    Lane lane = Lane::quick;
    Method method = Method::other;
    std::chrono::steady_clock::time_point taken_up{};  // when a thread began with it
    std::string path;                                  // nginx's $uri: decoded, slashes merged
    std::string query;                                 // raw, without '?'
    std::string body;                                  // whole; its size equals CONTENT_LENGTH

    // Headers that anything depends on; empty when absent. No other header reaches Postern.
    std::string content_type;
    std::string accept;
    std::string cookie;
    std::string origin;
    std::string sec_fetch_site;
    std::string user_agent;

    std::string client;       // $remote_addr
    std::string request_id;   // $request_id: 32 hexadecimal digits
    std::string received_at;  // $msec, when nginx had read it: "1795273872.123"

    // Set only by the nginx location that asks `check` (auth_request) about another request.
    std::string original_uri;   // $request_uri of that request: raw, path and query
    std::string original_host;  // $http_host, port included
    std::string required_role;  // empty: any signed-in account will do

    // "on" only by the nginx location that is for the machine's own Prometheus.
    std::string metrics;
};

// As nginx makes them.
[[nodiscard]] bool is_request_id(std::string_view text) noexcept;

// JSON when Content-Type or Accept says application/json (unless with "q=0"); then errors are
// application/problem+json.
[[nodiscard]] bool wants_json(const Request& request) noexcept;

// The media type of a Content-Type or Accept entry, without parameters, compared ignoring case.
[[nodiscard]] bool has_media_type(std::string_view header, std::string_view media_type) noexcept;

// The cookie of that name. A name that stands twice gives `ambiguous`: a cookie that matters must
// not depend on whose copy comes first.
struct CookieValue {
    bool ambiguous = false;
    std::string_view value;  // empty when absent or ambiguous; points into the header
};
[[nodiscard]] CookieValue find_cookie(std::string_view cookie_header,
                                      std::string_view name) noexcept;

}  // namespace http
