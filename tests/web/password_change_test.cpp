#include "web/password_change.h"

#include <boost/test/unit_test.hpp>

#include "web/visited_website.h"

using support::good_password;
using support::other_password;

namespace {

struct Fixture : support::VisitedWebsite {
    accounts::Account ada = website.add_account("ada@example.org");

    Fixture() {
        (void)visitor.log_in("ada@example.org");
        (void)script.log_in("ada@example.org");
    }
    http::Response change(support::Browser& browser, const std::string& current,
                          const std::string& wanted) {
        return browser.post(Route::password, {{"current_password", current}, {"password", wanted}});
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(password_change_test, Fixture)

BOOST_AUTO_TEST_CASE(a_wrong_current_password_is_told_at_its_field) {
    const auto response = change(script, "something else", other_password);
    BOOST_TEST(response.status == 422);
    BOOST_TEST(contains(response.body, R"({"field":"current_password","code":"wrong")"));
    const auto page = change(visitor, "something else", other_password);
    BOOST_TEST(page.status == 422);
    BOOST_TEST(contains(page.body, "This is not your current password."));
    BOOST_TEST(!contains(page.body, other_password));
    BOOST_TEST(visitor.get(Route::session).status == 200);
}

BOOST_AUTO_TEST_CASE(too_many_wrong_current_passwords_are_429_and_the_right_one_too) {
    website.rules.throttle.failures_per_account = 1;
    BOOST_TEST(change(script, "something else", other_password).status == 422);
    const auto response = change(script, good_password, other_password);
    BOOST_TEST(response.status == 429);
    BOOST_TEST(response.header("Retry-After") == "3600");
    BOOST_TEST(change(visitor, good_password, other_password).status == 429);
}

BOOST_AUTO_TEST_CASE(a_password_against_the_rules_changes_nothing) {
    BOOST_TEST(change(script, good_password, "short").status == 422);
    BOOST_TEST(change(script, good_password, "ada@example.org").status == 422);
    BOOST_TEST(change(script, "", "").status == 422);
    BOOST_TEST(script.log_in("ada@example.org").status == 200);
}

BOOST_AUTO_TEST_CASE(a_change_ends_the_other_sessions_and_all_links) {
    (void)script.post(Route::reset_password, {{"email", "ada@example.org"}});
    const std::string token = website.reset_token();
    const auto form = visitor.get(Route::password);
    BOOST_TEST(form.status == 200);
    BOOST_TEST(contains(form.body, "At least 15 characters."));
    const auto response = change(visitor, good_password, other_password);
    BOOST_TEST(response.status == 303);
    BOOST_TEST(response.header("Location") == "/account/?notice=password-changed");
    BOOST_TEST(visitor.get(Route::session).status == 200);
    BOOST_TEST(script.get(Route::session).status == 401);
    BOOST_TEST(script.get(Route::reset_password_confirm, "token=" + token).status == 422);
    BOOST_TEST(script.log_in("ada@example.org").status == 401);
    BOOST_TEST(script.log_in("ada@example.org", other_password).status == 200);
    BOOST_TEST(change(script, other_password, good_password).status == 204);
}

BOOST_AUTO_TEST_SUITE_END()
