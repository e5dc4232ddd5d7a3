#include "web/session_check.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <set>

#include "web/visited_website.h"

using http::Method;

namespace {

struct Fixture : support::VisitedWebsite {
    accounts::Account ada = website.add_account("ada@example.org", {"members", "admin"});

    // As nginx asks about a request for `uri`.
    http::Response check(const std::string& uri, const std::string& host = "example.org",
                         const std::string& role = "") {
        http::Request request = visitor.request(Method::get, visitor.path(Route::check));
        request.original_uri = uri;
        request.original_host = host;
        request.required_role = role;
        return visitor.send(request);
    }
};

std::multiset<std::string> set_cookies(const http::Response& response) {
    std::multiset<std::string> cookies;
    for (const auto& [name, value] : response.headers) {
        if (name == "Set-Cookie") cookies.insert(value);
    }
    return cookies;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(session_check_test, Fixture)

BOOST_AUTO_TEST_CASE(an_unknown_visitor_is_told_where_to_sign_in_and_come_back_from) {
    const auto response = check("/members/?a=b&c=%20d");
    BOOST_TEST(response.status == 401);
    BOOST_TEST(response.header("Postern-Login") ==
               "https://example.org/account/login?return_to=%2Fmembers%2F%3Fa%3Db%26c%3D%2520d");
    BOOST_TEST(response.header("Content-Type") == "application/problem+json");
}

BOOST_AUTO_TEST_CASE(an_answer_has_a_body_only_for_who_reads_it) {
    BOOST_TEST(check("/members/").body == "");
    const auto asked_by_a_client = visitor.get(Route::check);
    BOOST_TEST(asked_by_a_client.status == 401);
    BOOST_TEST(contains(asked_by_a_client.body, R"("status":401)"));
    (void)visitor.log_in("ada@example.org");
    const auto without_role = check("/", "example.org", "staff");
    BOOST_TEST(without_role.status == 403);
    BOOST_TEST(without_role.body == "");
}

BOOST_AUTO_TEST_CASE(an_address_that_is_not_ours_is_not_come_back_to) {
    const std::string plain = "https://example.org/account/login";
    for (const char* uri :
         {"//evil.example/", "/\\evil.example", "https://evil.example/", "", "/%2f/evil.example"}) {
        BOOST_TEST(check(uri).header("Postern-Login") == plain, uri);
    }
    BOOST_TEST(check("/members/", "evil.example").header("Postern-Login") == plain);
    BOOST_TEST(check("/members/", "example.org@evil.example").header("Postern-Login") == plain);
    BOOST_TEST(check("@evil.example/").header("Postern-Login") == plain);
}

BOOST_AUTO_TEST_CASE(another_host_of_the_site_is_named_in_full) {
    website.settings.return_hosts = {"shop.example.org:8443"};
    BOOST_TEST(check("/cart?x", "shop.example.org:8443").header("Postern-Login") ==
               "https://example.org/account/login?return_to="
               "https%3A%2F%2Fshop.example.org%3A8443%2Fcart%3Fx");
}

BOOST_AUTO_TEST_CASE(a_query_that_is_none_of_ours_does_not_matter) {
    http::Request request = visitor.request(Method::get, visitor.path(Route::check));
    request.query = "%zz&a=1&a=2";
    BOOST_TEST(visitor.send(request).status == 401);
}

BOOST_AUTO_TEST_CASE(the_signed_in_are_named_in_headers) {
    accounts::set_name(website.domain(), ada.id, "Ada L\u00f6velace, Countess");
    (void)visitor.log_in("ada@example.org");
    const auto response = check("/members/");
    BOOST_TEST(response.status == 204);
    BOOST_TEST(response.body == "");
    BOOST_TEST(response.header("Remote-User") == std::to_string(ada.id));
    BOOST_TEST(response.header("Remote-Email") == "ada@example.org");
    BOOST_TEST(response.header("Remote-Name") == "Ada%20L%C3%B6velace%2C%20Countess");
    BOOST_TEST(response.header("Remote-Groups") == "admin,members");
}

BOOST_AUTO_TEST_CASE(a_role_that_is_missing_is_403) {
    (void)visitor.log_in("ada@example.org");
    BOOST_TEST(check("/", "example.org", "members").status == 204);
    BOOST_TEST(check("/", "example.org", "member").status == 403);
    BOOST_TEST(check("/", "example.org", "admin,members").status == 403);
    BOOST_TEST(check("/", "example.org", "staff").header("Remote-User") == "");
}

BOOST_AUTO_TEST_CASE(a_role_that_is_missing_is_told_in_the_audit_trail_by_the_keeper) {
    (void)visitor.log_in("ada@example.org");
    const std::string asked = "SELECT count(*) FROM audit WHERE event = 'access_refused'";
    for (int turn = 0; turn < 3; ++turn) {
        BOOST_TEST(check("/", "example.org", "staff").status == 403);
    }
    BOOST_TEST(website.number(asked) == 0);
    website.worker().refusals.flush(website.domain().database);
    BOOST_TEST(website.number(asked) == 1);
    BOOST_TEST(contains(visitor.get(Route::account).body, "needs a role"));
}

BOOST_AUTO_TEST_CASE(a_visitor_with_two_cookies_is_asked_to_sign_in_again) {
    // It was 400, of which nginx made 503: locked out by a cookie of another path or host.
    website.settings.cookie_domain = "example.org";
    (void)visitor.log_in("ada@example.org");
    const std::string good = visitor.cookies["__Secure-postern"];
    const auto asked = [&](Route route, const std::string& query = "") {
        http::Request request = visitor.request(Method::get, visitor.path(route) + query);
        request.cookie = "__Secure-postern=" + good + "; __Secure-postern=" + good;
        request.original_uri = "/members/";
        request.original_host = "example.org";
        return visitor.send(request);
    };
    const auto checked = asked(Route::check);
    BOOST_TEST(checked.status == 401);
    BOOST_TEST(checked.header("Postern-Login") ==
               "https://example.org/account/login?return_to=%2Fmembers%2F&notice=two-cookies");
    BOOST_TEST(checked.header("Remote-User") == "");
    const auto login = asked(Route::login, "?return_to=%2Fmembers%2F&notice=two-cookies");
    BOOST_TEST(login.status == 400);
    BOOST_TEST(contains(login.body, "neither counts"));
    BOOST_TEST(contains(login.body, R"(name="return_to" value="/members/")"));
    const std::multiset<std::string> forgotten = set_cookies(login);
    BOOST_TEST(forgotten.size() == 8U);
    for (const char* path : {"/", "/account", "/account/", "/account/login"}) {
        for (const char* domain : {"", "; Domain=example.org"}) {
            const std::string copy =
                "__Secure-postern=; Path=" + std::string(path) + domain + "; Max-Age=0";
            BOOST_TEST(forgotten.count(copy + "; Secure; HttpOnly; SameSite=Lax") == 1U, copy);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_script_with_two_cookies_is_told_so_and_forgets_them) {
    http::Request request = visitor.request(Method::get, visitor.path(Route::login));
    request.accept = "application/json";
    request.cookie = "__Host-postern=one; __Host-postern=another";
    const http::Response answer = visitor.send(request);
    BOOST_TEST(answer.status == 400);
    BOOST_TEST(answer.header("Content-Type") == "application/problem+json");
    BOOST_TEST(!set_cookies(answer).empty());
}

BOOST_AUTO_TEST_CASE(session_tells_who_until_when) {
    accounts::set_name(website.domain(), ada.id, "Ada \"the\" Countess");
    (void)visitor.log_in("ada@example.org");
    const auto response = visitor.get(Route::session);
    BOOST_TEST(response.header("Content-Type") == "application/json");
    BOOST_TEST(response.body ==
               "{\"account\":{\"id\":\"" + std::to_string(ada.id) +
                   "\",\"email\":\"ada@example.org\",\"name\":\"Ada \\\"the\\\" Countess\","
                   "\"roles\":[\"admin\",\"members\"]},\"session\":{\"created_at\":"
                   "\"2025-06-15T15:06:40Z\",\"expires_at\":\"2025-06-16T03:06:40Z\"}}");
}

BOOST_AUTO_TEST_CASE(a_session_that_was_idle_too_long_is_no_session) {
    (void)visitor.log_in("ada@example.org");
    website.clock.advance(website.rules.session.idle);
    BOOST_TEST(visitor.get(Route::session).status == 401);
    BOOST_TEST(check("/members/").status == 401);
}

BOOST_AUTO_TEST_CASE(cookies_that_are_none_of_ours_are_no_session) {
    for (const std::string& cookie : {std::string("x"), std::string(43, 'A'),
                                      std::string(5'000, 'A'), std::string("\xff\xfe")}) {
        visitor.cookies["__Host-postern"] = cookie;
        BOOST_TEST(visitor.get(Route::session).status == 401);
    }
    visitor.cookies.clear();
    visitor.cookies["postern"] = "the name of plain http";
    BOOST_TEST(visitor.get(Route::session).status == 401);
}

BOOST_AUTO_TEST_CASE(a_locked_account_has_no_session) {
    (void)visitor.log_in("ada@example.org");
    BOOST_TEST(accounts::set_state(website.domain(), ada.id, accounts::AccountState::locked));
    BOOST_TEST(visitor.get(Route::session).status == 401);
}

BOOST_AUTO_TEST_CASE(asking_never_writes) {
    (void)visitor.log_in("ada@example.org");
    const auto log = website.file().string() + "-wal";
    const auto before = std::filesystem::file_size(log);
    const auto version = website.domain().database.data_version();
    website.clock.advance(base::hour);
    for (int turn = 0; turn < 10; ++turn) {
        BOOST_TEST(visitor.get(Route::session).status == 200);
        BOOST_TEST(check("/members/").status == 204);
    }
    BOOST_TEST(website.domain().database.data_version() == version);
    BOOST_TEST(std::filesystem::file_size(log) == before);
    BOOST_TEST(website.number("SELECT last_seen_at - created_at FROM session") == 0);
}

BOOST_AUTO_TEST_SUITE_END()
