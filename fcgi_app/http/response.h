// One answer, before it is bytes. Plain values.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http {

struct Header {
    std::string_view name;
    std::string_view value;
};

struct Response {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    // Headers that the program knows beforehand, in a table that lives as long as it: not checked,
    // not copied.
    std::span<const Header> fixed_headers{};
    // It leaves no sooner than then, so that its moment does not tell how much work was done. No
    // thread waits meanwhile.
    std::chrono::steady_clock::time_point not_before{};

    // Throws std::invalid_argument when the name is no token or the value holds a control
    // character: no header can be injected, whatever the value is made from. Adds; does not
    // replace.
    Response& add(std::string_view name, std::string_view value);
    [[nodiscard]] std::string_view header(
        std::string_view name) const noexcept;  // of both; "" when absent
};

[[nodiscard]] Response see_other(std::string_view location);  // 303, RFC 9110 section 15.4.4
// application/json below 400, application/problem+json (RFC 9457) from there on.
[[nodiscard]] Response json(int status, std::string body);
[[nodiscard]] Response html(int status, std::string body);
[[nodiscard]] Response no_content();

// "Status: 200 OK\r\n…\r\n\r\nbody" (RFC 3875 section 6), with the Content-Length, so that an
// answer that breaks off is seen as broken. with_body = false for HEAD: all but the body. A 204 and
// a 304 never have one.
[[nodiscard]] std::string to_cgi(const Response& response, bool with_body);

[[nodiscard]] std::string_view reason_phrase(int status) noexcept;

}  // namespace http
