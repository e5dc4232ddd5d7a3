#include "http/response.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "base/ascii.h"

namespace http {
namespace {

struct Reason {
    int status;
    std::string_view phrase;
};

constexpr std::array reasons{
    Reason{200, "OK"},
    Reason{201, "Created"},
    Reason{202, "Accepted"},
    Reason{204, "No Content"},
    Reason{303, "See Other"},
    Reason{304, "Not Modified"},
    Reason{400, "Bad Request"},
    Reason{401, "Unauthorized"},
    Reason{403, "Forbidden"},
    Reason{404, "Not Found"},
    Reason{405, "Method Not Allowed"},
    Reason{406, "Not Acceptable"},
    Reason{408, "Request Timeout"},
    Reason{409, "Conflict"},
    Reason{410, "Gone"},
    Reason{413, "Content Too Large"},
    Reason{414, "URI Too Long"},
    Reason{415, "Unsupported Media Type"},
    Reason{421, "Misdirected Request"},
    Reason{422, "Unprocessable Content"},
    Reason{429, "Too Many Requests"},
    Reason{431, "Request Header Fields Too Large"},
    Reason{500, "Internal Server Error"},
    Reason{501, "Not Implemented"},
    Reason{503, "Service Unavailable"},
};

// One look at a table a byte: every answer has some ten headers.
struct ByteClasses {
    std::array<bool, 256> is_token{};  // RFC 9110 section 5.6.2
    std::array<bool, 256> is_control{};
};

constexpr ByteClasses classify_bytes() {
    constexpr std::string_view token_signs = "!#$%&'*+-.^_`|~";
    ByteClasses classes;
    for (std::size_t code = 0; code < 256; ++code) {
        const char byte = static_cast<char>(code);
        classes.is_control[code] = code < 0x20 || code == 0x7f;
        classes.is_token[code] = (base::lower(byte) >= 'a' && base::lower(byte) <= 'z') ||
                                 (byte >= '0' && byte <= '9') ||
                                 token_signs.find(byte) != std::string_view::npos;
    }
    return classes;
}

constexpr ByteClasses classes = classify_bytes();

bool is_control(char byte) {
    return classes.is_control[static_cast<unsigned char>(byte)];
}

bool is_token(char byte) {
    return classes.is_token[static_cast<unsigned char>(byte)];
}

bool may_have_body(int status) {
    return status >= 200 && status != 204 && status != 304;
}

Response with_content(int status, std::string_view type, std::string body) {
    Response response;
    response.status = status;
    response.add("Content-Type", type);
    response.body = std::move(body);
    return response;
}

}  // namespace

Response& Response::add(std::string_view name, std::string_view value) {
    if (name.empty() || !std::all_of(name.begin(), name.end(), is_token) ||
        std::any_of(value.begin(), value.end(), is_control)) {
        throw std::invalid_argument("a header with a control character");
    }
    headers.emplace_back(name, value);
    return *this;
}

std::string_view Response::header(std::string_view name) const noexcept {
    for (const auto& [known, value] : headers) {
        if (base::equal_ignoring_case(known, name)) return value;
    }
    for (const Header& fixed : fixed_headers) {
        if (base::equal_ignoring_case(fixed.name, name)) return fixed.value;
    }
    return {};
}

Response see_other(std::string_view location) {
    Response response = no_content();
    response.status = 303;
    response.add("Location", location);
    return response;
}

Response json(int status, std::string body) {
    return with_content(status, status < 400 ? "application/json" : "application/problem+json",
                        std::move(body));
}

Response html(int status, std::string body) {
    return with_content(status, "text/html; charset=utf-8", std::move(body));
}

Response no_content() {
    Response response;
    response.status = 204;
    return response;
}

std::string to_cgi(const Response& response, bool with_body) {
    std::string text;
    text.reserve(1024 + response.body.size());
    text.append("Status: ").append(std::to_string(response.status));
    text.append(" ").append(reason_phrase(response.status)).append("\r\n");
    const auto add_line = [&text](std::string_view name, std::string_view value) {
        text.append(name).append(": ").append(value).append("\r\n");
    };
    for (const auto& [name, value] : response.headers) add_line(name, value);
    for (const Header& header : response.fixed_headers) add_line(header.name, header.value);
    const bool has_body = may_have_body(response.status);
    if (has_body) {
        text.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
    }
    text.append("\r\n");
    if (has_body && with_body) text.append(response.body);
    return text;
}

std::string_view reason_phrase(int status) noexcept {
    for (const Reason& reason : reasons) {
        if (reason.status == status) return reason.phrase;
    }
    return "";
}

}  // namespace http
