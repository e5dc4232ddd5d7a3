#include "web/settings.h"

#include <boost/test/unit_test.hpp>

#include "web/visited_website.h"

BOOST_FIXTURE_TEST_SUITE(settings_test, support::VisitedWebsite)

BOOST_AUTO_TEST_CASE(a_theme_that_is_none_is_refused) {
    for (const char* theme : {"", "pink", "dark; Secure", "DARK"}) {
        BOOST_TEST(visitor.post(Route::settings, {{"theme", theme}}).status == 422);
    }
    BOOST_TEST(script.post(Route::settings).status == 422);
    BOOST_TEST(visitor.cookies.empty());
}

BOOST_AUTO_TEST_CASE(the_theme_is_kept_for_a_year_with_or_without_a_sign_in) {
    const auto response = script.post(Route::settings, {{"theme", "dark"}});
    BOOST_TEST(response.status == 204);
    const auto cookie = response.header("Set-Cookie");
    BOOST_TEST(cookie.starts_with("postern-settings=theme=dark; Path=/;"));
    BOOST_TEST(contains(cookie, "Max-Age=31536000"));
    visitor.cookies = script.cookies;
    BOOST_TEST(contains(visitor.get(Route::login).body, "data-theme=\"dark\""));
}

BOOST_AUTO_TEST_CASE(the_visitor_comes_back_to_where_he_was) {
    const auto theme = [&](const std::string& return_to) {
        return std::string(
            visitor.post(Route::settings, {{"theme", "light"}, {"return_to", return_to}})
                .header("Location"));
    };
    BOOST_TEST(theme("/account/verify?token=abc") == "/account/verify?token=abc");
    BOOST_TEST(theme("") == "/account/login");
    BOOST_TEST(theme("//evil.example") == "");
    website.add_account("ada@example.org");
    (void)visitor.log_in("ada@example.org");
    BOOST_TEST(theme("") == "/account/");
}

BOOST_AUTO_TEST_CASE(every_page_offers_the_way_back_to_itself) {
    const auto page = visitor.get(Route::login, "return_to=%2Fmembers%2F");
    BOOST_TEST(contains(page.body, "name=\"return_to\" value=\"/account/login?return_to="));
}

BOOST_AUTO_TEST_CASE(a_settings_cookie_that_says_nothing_is_passed_over) {
    for (const char* value : {"", "dark", "theme=pink", "theme=\"><script>"}) {
        visitor.cookies["postern-settings"] = value;
        BOOST_TEST(contains(visitor.get(Route::login).body, "data-theme=\"auto\""), value);
    }
}

BOOST_AUTO_TEST_SUITE_END()
