// A browser, as far as Postern sees one: it keeps cookies, sends forms and follows nothing by
// itself. With wants_json it is a script that keeps cookies.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "http/fields.h"
#include "support/website.h"
#include "web/routes.h"

namespace support {

using FormFields = std::vector<std::pair<std::string, std::string>>;

inline std::string encode_form(const FormFields& fields) {
    std::string body;
    for (const auto& [name, value] : fields) {
        if (!body.empty()) body.push_back('&');
        body.append(http::percent_encode(name)).append("=").append(http::percent_encode(value));
    }
    return body;
}

// For values that need no escaping.
inline std::string encode_json(const FormFields& fields) {
    std::string body = "{";
    for (const auto& [name, value] : fields) {
        if (body.size() > 1) body.push_back(',');
        body.append("\"").append(name).append("\":\"").append(value).append("\"");
    }
    return body + "}";
}

class Browser {
  public:
    explicit Browser(Website& website, bool wants_json = false)
        : website_(website), wants_json_(wants_json) {}

    // The request as nginx hands it over, with our cookies, in the lane that nginx would choose.
    [[nodiscard]] http::Request request(http::Method method, const std::string& address) const {
        http::Request request;
        request.method = method;
        const auto question = address.find('?');
        request.path = address.substr(0, question);
        if (question != std::string::npos) request.query = address.substr(question + 1);
        request.accept = wants_json_ ? "application/json" : "text/html,*/*;q=0.8";
        request.sec_fetch_site = wants_json_ ? "" : "same-origin";
        request.user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Firefox/128.0";
        request.client = "192.0.2.7";
        request.request_id = "0123456789abcdef0123456789abcdef";
        for (const auto& [name, value] : cookies) {
            if (!request.cookie.empty()) request.cookie.append("; ");
            request.cookie.append(name).append("=").append(value);
        }
        const auto route = website_.settings.addresses.route_of(request.path);
        const auto* row = route ? web::find_row(*route, method) : nullptr;
        if (row != nullptr) request.lane = row->lane;
        return request;
    }

    http::Response send(const http::Request& request) {
        http::Response response = website_.site().answer(request, website_.domain());
        for (const auto& [name, value] : response.headers) {
            if (name == "Set-Cookie") keep(value);
        }
        return response;
    }

    http::Response get(const std::string& address) {
        return send(request(http::Method::get, address));
    }
    http::Response get(base::Route route, const std::string& query = "") {
        return get(path(route) + (query.empty() ? "" : "?" + query));
    }
    http::Response post(base::Route route, const FormFields& fields = {}) {
        http::Request posted = request(http::Method::post, path(route));
        if (!fields.empty()) {
            posted.body = wants_json_ ? encode_json(fields) : encode_form(fields);
            posted.content_type =
                wants_json_ ? "application/json" : "application/x-www-form-urlencoded";
        }
        return send(posted);
    }
    http::Response log_in(const std::string& email, const std::string& password = good_password) {
        return post(base::Route::login, {{"email", email}, {"password", password}});
    }

    [[nodiscard]] std::string path(base::Route route) const {
        return website_.settings.addresses.path(route);
    }
    [[nodiscard]] bool has_cookie(const std::string& name) const { return cookies.contains(name); }

    std::map<std::string, std::string> cookies;

  private:
    void keep(const std::string& header) {
        const std::string pair = header.substr(0, header.find(';'));
        const auto equals = pair.find('=');
        if (header.find("; Max-Age=0") != std::string::npos) {
            cookies.erase(pair.substr(0, equals));
        } else {
            cookies[pair.substr(0, equals)] = pair.substr(equals + 1);
        }
    }

    Website& website_;
    bool wants_json_;
};

[[nodiscard]] inline bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace support
