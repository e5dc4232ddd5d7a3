#include "web/session_check.h"

#include <algorithm>

#include "accounts/refusals.h"
#include "http/cross_site.h"
#include "web/cookies.h"
#include "web/json.h"
#include "web/problem.h"

namespace web {
namespace {

std::string join(const std::vector<std::string>& words) {
    std::string joined;
    for (const std::string& word : words) {
        if (!joined.empty()) joined.push_back(',');
        joined.append(word);
    }
    return joined;
}

// The address that nginx asks about. On the site itself a path; on another host, which must be one
// of return_hosts, a whole address.
std::optional<std::string> original_address(const Visit& visit) {
    const std::string& host = visit.request.original_host;
    const std::string& origin = visit.addresses().public_origin();
    const std::size_t host_at = origin.find("//") + 2;
    const bool is_here = host.empty() || host == std::string_view(origin).substr(host_at);
    std::string address = is_here ? "" : origin.substr(0, host_at) + host;
    return http::safe_return_address(address.append(visit.request.original_uri), origin,
                                     visit.site.settings().return_hosts);
}

http::Response ask_to_sign_in(const Visit& visit) {
    std::string query;
    if (const auto original = original_address(visit)) {
        query.append("&return_to=").append(http::percent_encode(*original));
    }
    if (session_cookie_of(visit).ambiguous) query.append("&notice=two-cookies");
    if (!query.empty()) query.front() = '?';
    http::Response response = answer(visit, 401, Word::sign_in_needed);
    response.add("Postern-Login", visit.addresses().url(base::Route::login) + query);
    return response;
}

}  // namespace

std::string session_json(const accounts::SignedIn& signed_in) {
    const auto& [account, session] = signed_in;
    JsonWriter json;
    json.begin_object().key("account").begin_object();
    json.key("id").text(std::to_string(account.id));
    json.key("email").text(account.email);
    json.key("name");
    account.name ? json.text(*account.name) : json.null();
    json.key("roles").begin_array();
    for (const std::string& role : account.roles) json.text(role);
    json.end_array().end_object();
    json.key("session").begin_object();
    json.key("created_at").text(base::rfc3339(session.created_at));
    json.key("expires_at").text(base::rfc3339(session.expires_at));
    json.end_object().end_object();
    return json.take();
}

http::Response tell_session(Visit& visit) {
    return http::json(200, session_json(*visit.signed_in));
}

http::Response check_session(Visit& visit) {
    if (!visit.signed_in) return ask_to_sign_in(visit);
    const accounts::Account& account = visit.signed_in->account;
    const std::string& role = visit.request.required_role;
    const bool may = role.empty() || std::ranges::find(account.roles, role) != account.roles.end();
    if (!may) {
        accounts::note_missing_role(visit.domain, account.id);
        return answer(visit, 403, Word::role_needed);
    }
    http::Response response = http::no_content();
    response.add("Remote-User", std::to_string(account.id));
    response.add("Remote-Email", account.email);
    response.add("Remote-Name", http::percent_encode(account.name.value_or("")));
    response.add("Remote-Groups", join(account.roles));
    return response;
}

}  // namespace web
