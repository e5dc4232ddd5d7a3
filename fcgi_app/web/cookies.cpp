#include "web/cookies.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "http/cookie.h"

namespace web {
namespace {

constexpr std::string_view claim_name = "postern-claim";
constexpr std::string_view settings_name = "postern-settings";
constexpr std::string_view theme_key = "theme=";
constexpr std::array<std::string_view, 3> themes{"auto", "light", "dark"};

http::Cookie session_cookie(const Settings& settings) {
    http::Cookie cookie;
    cookie.name = session_cookie_name(settings);
    cookie.domain = settings.cookie_domain;
    cookie.secure = settings.addresses.secure();
    return cookie;
}

http::Cookie claim_cookie(const Settings& settings) {
    const std::string& mount = settings.addresses.base_path();
    http::Cookie cookie;
    cookie.name = claim_name;
    cookie.path = mount.empty() ? "/" : mount;
    cookie.secure = settings.addresses.secure();
    return cookie;
}

// RFC 6265 section 5.1.4: "/", "/account", "/account/" and "/account/login" for the last of them.
std::vector<std::string> paths_with_cookies_for(const std::string& path) {
    std::vector<std::string> paths{"/"};
    for (auto slash = path.find('/', 1); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
        paths.push_back(path.substr(0, slash));
        paths.push_back(path.substr(0, slash + 1));
    }
    if (!path.ends_with('/')) paths.push_back(path);
    return paths;
}

}  // namespace

std::string_view session_cookie_name(const Settings& settings) noexcept {
    if (!settings.addresses.secure()) return "postern";
    return settings.cookie_domain.empty() ? "__Host-postern" : "__Secure-postern";
}

http::CookieValue session_cookie_of(const Visit& visit) noexcept {
    return http::find_cookie(visit.request.cookie, session_cookie_name(visit.site.settings()));
}

http::CookieValue claim_cookie_of(const Visit& visit) noexcept {
    return http::find_cookie(visit.request.cookie, claim_name);
}

bool is_theme(std::string_view text) noexcept {
    return std::ranges::find(themes, text) != themes.end();
}

std::string_view theme_of(const Visit& visit) noexcept {
    const auto cookie = http::find_cookie(visit.request.cookie, settings_name);
    if (cookie.ambiguous || !cookie.value.starts_with(theme_key)) return themes.front();
    const std::string_view theme = cookie.value.substr(theme_key.size());
    return is_theme(theme) ? theme : themes.front();
}

void set_session_cookie(const Visit& visit, http::Response& response,
                        const accounts::NewSession& session) {
    http::Cookie cookie = session_cookie(visit.site.settings());
    cookie.value = session.cookie.reveal();
    if (session.signed_in.session.remembered) {
        cookie.max_age = visit.domain.settings.session.remember_absolute;
    }
    response.add("Set-Cookie", http::to_header(cookie));
}

void delete_session_cookie(const Visit& visit, http::Response& response) {
    http::Cookie cookie = session_cookie(visit.site.settings());
    cookie.max_age = 0;
    response.add("Set-Cookie", http::to_header(cookie));
}

void forget_session_cookies(const Visit& visit, http::Response& response) {
    http::Cookie cookie = session_cookie(visit.site.settings());
    cookie.max_age = 0;
    const std::set<std::string> domains{"", cookie.domain};
    const bool is_bound = cookie.name.starts_with("__Host-");  // to "/", so there is one copy
    for (const std::string& path : paths_with_cookies_for(is_bound ? "/" : visit.request.path)) {
        cookie.path = path;
        for (const std::string& domain : domains) {
            cookie.domain = domain;
            response.add("Set-Cookie", http::to_header(cookie));
        }
    }
}

void set_claim_cookie(const Visit& visit, http::Response& response,
                      const accounts::ClaimTicket& ticket) {
    http::Cookie cookie = claim_cookie(visit.site.settings());
    cookie.value = ticket.cookie.reveal();
    cookie.max_age = visit.domain.settings.claim_life;
    response.add("Set-Cookie", http::to_header(cookie));
}

void delete_claim_cookie(const Visit& visit, http::Response& response) {
    http::Cookie cookie = claim_cookie(visit.site.settings());
    cookie.max_age = 0;
    response.add("Set-Cookie", http::to_header(cookie));
}

void set_theme_cookie(const Visit& visit, http::Response& response, std::string_view theme) {
    http::Cookie cookie;
    cookie.name = settings_name;
    cookie.value = std::string(theme_key).append(theme);
    cookie.max_age = 365 * base::day;
    cookie.secure = visit.addresses().secure();
    response.add("Set-Cookie", http::to_header(cookie));
}

}  // namespace web
