#include "fcgi/parameters.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include "base/secret.h"

namespace fcgi {
namespace {

struct TextParameter {
    std::string_view name;
    std::string http::Request::*field;
};

// In the order of nginx/snippets/postern-fastcgi.conf, so that the next one is mostly found at
// once.
constexpr std::array text_parameters{
    TextParameter{"POSTERN_PATH", &http::Request::path},
    TextParameter{"QUERY_STRING", &http::Request::query},
    TextParameter{"CONTENT_TYPE", &http::Request::content_type},
    TextParameter{"HTTP_ACCEPT", &http::Request::accept},
    TextParameter{"HTTP_COOKIE", &http::Request::cookie},
    TextParameter{"HTTP_ORIGIN", &http::Request::origin},
    TextParameter{"HTTP_SEC_FETCH_SITE", &http::Request::sec_fetch_site},
    TextParameter{"HTTP_USER_AGENT", &http::Request::user_agent},
    TextParameter{"REMOTE_ADDR", &http::Request::client},
    TextParameter{"POSTERN_REQUEST_ID", &http::Request::request_id},
    TextParameter{"POSTERN_RECEIVED_AT", &http::Request::received_at},
    TextParameter{"POSTERN_ORIGINAL_URI", &http::Request::original_uri},
    TextParameter{"POSTERN_ORIGINAL_HOST", &http::Request::original_host},
    TextParameter{"POSTERN_ROLE", &http::Request::required_role},
    TextParameter{"POSTERN_METRICS", &http::Request::metrics},
};

http::Method method_of(std::string_view word) noexcept {
    if (word == "GET") return http::Method::get;
    if (word == "POST") return http::Method::post;
    if (word == "HEAD") return http::Method::head;
    return http::Method::other;
}

}  // namespace

Parameters read_parameters(const char* const* envp) {
    Parameters result;
    std::array<bool, text_parameters.size()> seen{};
    bool method_seen = false;
    bool length_seen = false;
    std::size_t expected = 0;

    for (; *envp != nullptr; ++envp) {
        const std::string_view entry(*envp);
        const std::size_t equals = entry.find('=');
        const std::string_view name = entry.substr(0, equals);
        const std::string_view value = entry.substr(std::min(equals, entry.size() - 1) + 1);

        if (name == "REQUEST_METHOD") {
            if (std::exchange(method_seen, true)) result.fault = ParameterFault::repeated;
            result.request.method = method_of(value);
            continue;
        }
        if (name == "CONTENT_LENGTH") {
            if (std::exchange(length_seen, true)) result.fault = ParameterFault::repeated;
            const char* end = value.data() + value.size();
            const auto parsed = std::from_chars(value.data(), end, result.content_length);
            if (!value.empty() && (parsed.ec != std::errc{} || parsed.ptr != end)) {
                result.fault = ParameterFault::content_length;
            }
            continue;
        }
        for (std::size_t step = 0; step < text_parameters.size(); ++step) {
            const std::size_t at = (expected + step) % text_parameters.size();
            if (text_parameters[at].name != name) continue;
            if (std::exchange(seen[at], true)) result.fault = ParameterFault::repeated;
            result.request.*text_parameters[at].field = value;
            expected = at + 1;
            break;
        }
    }
    if (!http::is_request_id(result.request.request_id)) {
        result.request.request_id = base::hex(base::random_secret(16).reveal());
    }
    return result;
}

}  // namespace fcgi
