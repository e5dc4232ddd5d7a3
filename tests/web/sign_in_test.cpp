#include "web/sign_in.h"

#include <boost/test/unit_test.hpp>

#include "web/visited_website.h"

using support::good_password;

namespace {

struct Fixture : support::VisitedWebsite {
    accounts::Account ada = website.add_account("ada@example.org");

    http::Response log_in_from(int network, const std::string& email, const std::string& password) {
        http::Request request = script.request(http::Method::post, script.path(Route::login));
        request.client = "10.0." + std::to_string(network) + ".1";
        request.content_type = "application/json";
        request.body = support::encode_json({{"email", email}, {"password", password}});
        return script.send(request);
    }
    http::Response log_in_and_return(const std::string& return_to) {
        return visitor.post(
            Route::login,
            {{"email", "ada@example.org"}, {"password", good_password}, {"return_to", return_to}});
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sign_in_test, Fixture)

BOOST_AUTO_TEST_CASE(every_reason_to_refuse_has_one_answer) {
    const auto locked = website.add_account("locked@example.org");
    BOOST_TEST(accounts::set_state(website.domain(), locked.id, accounts::AccountState::locked));
    const auto wrong = script.log_in("ada@example.org", "a wrong password, but long");
    BOOST_TEST(wrong.status == 401);
    BOOST_TEST(contains(wrong.body, "The address or the password is not right."));
    for (const char* email : {"nobody@example.org", "locked@example.org", "no address at all"}) {
        const auto response = script.log_in(email);
        BOOST_TEST(response.status == 401);
        BOOST_TEST(response.body == wrong.body);
        BOOST_TEST((response.headers == wrong.headers));
    }
    BOOST_TEST(script.log_in("ada@example.org", std::string(1'025, 'a')).body == wrong.body);
    BOOST_TEST(script.cookies.empty());
    BOOST_TEST(website.number("SELECT count(*) FROM session") == 0);
}

BOOST_AUTO_TEST_CASE(after_too_many_failures_every_address_and_password_has_one_answer) {
    website.rules.throttle.failures_per_account = 2;
    std::vector<http::Response> answers;
    int network = 0;
    for (const char* email : {"ada@example.org", "nobody@example.org"}) {
        for (int i = 0; i < 2; ++i) {
            BOOST_TEST(log_in_from(network++, email, "a wrong password").status == 401);
        }
        answers.push_back(log_in_from(network++, email, good_password));
        answers.push_back(log_in_from(network++, email, "a wrong password"));
    }
    for (const http::Response& answer : answers) {
        BOOST_TEST(answer.status == 429);
        BOOST_TEST(answer.header("Retry-After") == "1800");
        BOOST_TEST(answer.body == answers.front().body);
        BOOST_TEST((answer.headers == answers.front().headers));
    }
    BOOST_TEST(script.cookies.empty());
}

BOOST_AUTO_TEST_CASE(a_throttled_visitor_sees_the_form_again_and_the_way_by_mail) {
    website.rules.throttle.failures_per_account = 1;
    (void)visitor.log_in("ada@example.org", "a wrong password");
    const auto response = visitor.log_in("ada@example.org");
    BOOST_TEST(response.status == 429);
    BOOST_TEST(response.header("Retry-After") == "3600");
    BOOST_TEST(contains(response.body, "set a new password by mail"));
    BOOST_TEST(contains(response.body, "value=\"ada@example.org\""));
    BOOST_TEST(!contains(response.body, good_password));
}

BOOST_AUTO_TEST_CASE(a_refused_form_is_shown_again_without_the_password) {
    const auto response = visitor.post(Route::login, {{"email", "ada@example.org"},
                                                      {"password", "a wrong password"},
                                                      {"remember", "true"},
                                                      {"return_to", "/members/?a=b&c=d"}});
    BOOST_TEST(response.status == 401);
    BOOST_TEST(contains(response.body, "value=\"ada@example.org\""));
    BOOST_TEST(contains(response.body, "/members/?a"));
    BOOST_TEST(contains(response.body, " checked"));
    BOOST_TEST(contains(response.body, "The address or the password is not right."));
    BOOST_TEST(!contains(response.body, "a wrong password"));
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_named_field_by_field) {
    const auto response = script.post(Route::login);
    BOOST_TEST(response.status == 422);
    BOOST_TEST(contains(response.body, R"("field":"email","code":"required")"));
    BOOST_TEST(contains(response.body, R"("field":"password","code":"required")"));
    const auto remember = script.post(
        Route::login,
        {{"email", "ada@example.org"}, {"password", good_password}, {"remember", "maybe"}});
    BOOST_TEST(remember.status == 422);
    BOOST_TEST(contains(remember.body, R"("field":"remember","code":"switch")"));
}

BOOST_AUTO_TEST_CASE(nobody_is_sent_to_anywhere_else) {
    for (const char* address :
         {"//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example/",
          "http://example.org/", "\t//evil.example", "/\t/evil.example", "%2f%2fevil.example",
          "/%2fevil.example", "/%252fevil.example", "javascript:alert(1)", "/%5cevil.example",
          "https://example.org@evil.example/", "https://example.org.evil.example/"}) {
        const auto refused = log_in_and_return(address);
        BOOST_TEST(refused.status == 422, address);
        BOOST_TEST(refused.header("Location") == "");
        const auto page = visitor.get(Route::login, "return_to=" + http::percent_encode(address));
        BOOST_TEST(page.status == 200, address);
        BOOST_TEST(contains(page.body, "name=\"return_to\" value=\"\""), address);
    }
    BOOST_TEST(visitor.cookies.empty());
}

BOOST_AUTO_TEST_CASE(a_visitor_comes_back_to_exactly_where_he_was) {
    for (const char* address :
         {"/members/", "/members/?q=a%20b&c=%2F%2Fd", "https://example.org/x?y=z"}) {
        const auto page = visitor.get(Route::login, "return_to=" + http::percent_encode(address));
        BOOST_TEST(page.status == 200);
        BOOST_TEST(log_in_and_return(address).header("Location") == address);
    }
    BOOST_TEST(log_in_and_return("").header("Location") == "/account/");
}

BOOST_AUTO_TEST_CASE(other_hosts_must_be_named_in_the_settings) {
    BOOST_TEST(log_in_and_return("https://shop.example.org/cart").status == 422);
    support::Website shops;
    shops.settings.return_hosts = {"shop.example.org"};
    shops.add_account("ada@example.org");
    support::Browser browser{shops};
    const auto response = browser.post(Route::login, {{"email", "ada@example.org"},
                                                      {"password", good_password},
                                                      {"return_to", "https://shop.example.org/c"}});
    BOOST_TEST(response.header("Location") == "https://shop.example.org/c");
}

BOOST_AUTO_TEST_CASE(a_script_gets_the_session) {
    const auto response = script.log_in("Ada@EXAMPLE.org");
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body == script.get(Route::session).body);
    BOOST_TEST(contains(response.body, "\"id\":\"" + std::to_string(ada.id) + "\""));
}

// Bug: the mail about it lay in the queue until the notifier looked by itself.
BOOST_AUTO_TEST_CASE(a_sign_in_from_elsewhere_wakes_the_notifier_and_a_refused_one_does_not) {
    BOOST_TEST(log_in_from(1, "ada@example.org", good_password).status == 200);
    website.wakes = 0;
    BOOST_TEST(log_in_from(2, "ada@example.org", "a wrong password").status == 401);
    BOOST_TEST(website.wakes == 0);
    BOOST_TEST(log_in_from(3, "ada@example.org", good_password).status == 200);
    BOOST_TEST(website.number("SELECT count(*) FROM outbox") == 1);
    BOOST_TEST(website.wakes == 1);
}

BOOST_AUTO_TEST_CASE(the_session_cookie_is_the_browsers_own_unless_it_is_to_be_remembered) {
    const auto plain = script.log_in("ada@example.org");
    const auto cookie = plain.header("Set-Cookie");
    BOOST_TEST(cookie.starts_with("__Host-postern="));
    for (const char* attribute : {"Path=/;", "Secure", "HttpOnly", "SameSite=Lax"}) {
        BOOST_TEST(contains(cookie, attribute), attribute);
    }
    BOOST_TEST(!contains(cookie, "Max-Age"));
    BOOST_TEST(!contains(cookie, "Domain"));
    http::Request request = script.request(http::Method::post, script.path(Route::login));
    request.content_type = "application/json";
    request.body =
        R"({"email":"ada@example.org","remember":true,"password":")" + good_password + "\"}";
    BOOST_TEST(contains(script.send(request).header("Set-Cookie"), "Max-Age=7776000"));
}

BOOST_AUTO_TEST_CASE(the_cookies_name_tells_what_the_browser_must_hold_it_to) {
    const std::string domain = "example.org";
    support::Website several;
    several.settings.cookie_domain = domain;
    several.add_account("ada@example.org");
    support::Browser wide{several};
    const auto cookie = std::string(wide.log_in("ada@example.org").header("Set-Cookie"));
    BOOST_TEST(cookie.starts_with("__Secure-postern="));
    BOOST_TEST(contains(cookie, "Domain=example.org"));

    support::Website plain;
    plain.settings.addresses = base::Addresses("http://localhost:8080", "");
    plain.add_account("ada@example.org");
    support::Browser local{plain};
    const auto response = local.log_in("ada@example.org");
    BOOST_TEST(response.header("Location") == "/");
    BOOST_TEST(response.header("Set-Cookie").starts_with("postern="));
    BOOST_TEST(!contains(response.header("Set-Cookie"), "Secure"));
    BOOST_TEST(local.get(Route::session).status == 200);
}

BOOST_AUTO_TEST_CASE(the_session_id_changes_at_sign_in_and_the_old_one_is_dead) {
    (void)visitor.log_in("ada@example.org");
    support::Browser thief{website};
    thief.cookies = visitor.cookies;
    (void)visitor.log_in("ada@example.org");
    BOOST_TEST(visitor.cookies["__Host-postern"] != thief.cookies["__Host-postern"]);
    BOOST_TEST(thief.get(Route::session).status == 401);
    BOOST_TEST(visitor.get(Route::session).status == 200);
}

BOOST_AUTO_TEST_CASE(the_login_is_shown_to_the_signed_in_too) {
    (void)visitor.log_in("ada@example.org");
    for (const Route route : {Route::login, Route::register_, Route::reset_password}) {
        BOOST_TEST(visitor.get(route).status == 200);
    }
}

BOOST_AUTO_TEST_CASE(signing_out_ends_the_sign_in_and_leaves_the_settings) {
    (void)visitor.post(Route::settings, {{"theme", "dark"}});
    (void)visitor.log_in("ada@example.org");
    support::Browser elsewhere{website};
    (void)elsewhere.log_in("ada@example.org");
    support::Browser thief{website};
    thief.cookies = visitor.cookies;

    BOOST_TEST(visitor.get(Route::logout).status == 200);
    BOOST_TEST(visitor.get(Route::session).status == 200);
    const auto response = visitor.post(Route::logout);
    BOOST_TEST(response.status == 303);
    BOOST_TEST(response.header("Location") == "/account/login?notice=signed-out");
    BOOST_TEST(!visitor.has_cookie("__Host-postern"));
    BOOST_TEST(thief.get(Route::session).status == 401);
    BOOST_TEST(elsewhere.get(Route::session).status == 200);

    BOOST_TEST(visitor.cookies["postern-settings"] == "theme=dark");
    const auto login = visitor.get("/account/login?notice=signed-out");
    BOOST_TEST(contains(login.body, "data-theme=\"dark\""));
    BOOST_TEST(contains(login.body, "You are signed out."));
}

BOOST_AUTO_TEST_CASE(signing_out_without_a_sign_in_is_done_too) {
    BOOST_TEST(script.post(Route::logout).status == 204);
    BOOST_TEST(visitor.post(Route::logout).status == 303);
    script.cookies["__Host-postern"] = "long gone";
    BOOST_TEST(script.post(Route::logout).status == 204);
    BOOST_TEST(!script.has_cookie("__Host-postern"));
}

BOOST_AUTO_TEST_SUITE_END()
