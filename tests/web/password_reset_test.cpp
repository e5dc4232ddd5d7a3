#include "web/password_reset.h"

#include <boost/test/unit_test.hpp>

#include "web/visited_website.h"

using support::other_password;

namespace {

struct Fixture : support::VisitedWebsite {
    accounts::Account ada = website.add_account("ada@example.org");

    std::string ask(const std::string& email = "ada@example.org") {
        BOOST_TEST(script.post(Route::reset_password, {{"email", email}}).status == 202);
        return website.reset_token();
    }
    http::Response confirm(support::Browser& browser, const std::string& token,
                           const std::string& password = other_password) {
        return browser.post(Route::reset_password_confirm,
                            {{"token", token}, {"password", password}});
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(password_reset_test, Fixture)

BOOST_AUTO_TEST_CASE(known_unknown_and_locked_addresses_are_answered_alike) {
    const auto locked = website.add_account("locked@example.org");
    BOOST_TEST(accounts::set_state(website.domain(), locked.id, accounts::AccountState::locked));
    for (support::Browser* browser : {&visitor, &script}) {
        const auto known = browser->post(Route::reset_password, {{"email", "ada@example.org"}});
        for (const char* email : {"nobody@example.org", "locked@example.org"}) {
            const auto other = browser->post(Route::reset_password, {{"email", email}});
            BOOST_TEST(other.status == known.status);
            BOOST_TEST(other.body == known.body);
            BOOST_TEST((other.headers == known.headers));
        }
    }
    BOOST_TEST(website.wakes == 6);
    BOOST_TEST(website.number("SELECT count(*) FROM outbox") == 6);
}

BOOST_AUTO_TEST_CASE(a_good_form_leads_to_a_page_that_says_where_to_look) {
    const auto response = visitor.post(Route::reset_password, {{"email", "ada@example.org"}});
    BOOST_TEST(response.status == 303);
    BOOST_TEST(response.header("Location") == "/account/reset-password?notice=sent");
    BOOST_TEST(contains(visitor.get("/account/reset-password?notice=sent").body, "on its way"));
    const auto refused = visitor.post(Route::reset_password, {{"email", "no address"}});
    BOOST_TEST(refused.status == 422);
    BOOST_TEST(contains(refused.body, "no address"));
}

BOOST_AUTO_TEST_CASE(a_dead_link_is_told_before_a_password_is_typed) {
    const std::string token = ask();
    const std::string foreign =
        website.keys.link_token(base::Purpose::verify, website.subject_of_last_mail());
    for (const std::string& bad : {std::string(), std::string("x"), foreign}) {
        BOOST_TEST(visitor.get(Route::reset_password_confirm, "token=" + bad).status == 422);
        BOOST_TEST(confirm(visitor, bad).status == 422);
        const auto response = confirm(script, bad);
        BOOST_TEST(response.status == 422);
        BOOST_TEST(contains(response.body, R"({"field":"token","code":"dead")"));
    }
    BOOST_TEST(visitor.get(Route::reset_password_confirm).status == 422);
    website.clock.advance(base::hour);
    BOOST_TEST(confirm(script, token).status == 422);
    BOOST_TEST(script.log_in("ada@example.org").status == 200);
}

BOOST_AUTO_TEST_CASE(a_later_link_kills_the_earlier_one) {
    const std::string earlier = ask();
    const std::string later = ask();
    BOOST_TEST(confirm(script, earlier).status == 422);
    BOOST_TEST(confirm(script, later).status == 204);
}

BOOST_AUTO_TEST_CASE(a_password_against_the_rules_leaves_the_link_good) {
    const std::string token = ask();
    for (const char* password : {"", "short", "ada@example.org"}) {
        const auto response = confirm(visitor, token, password);
        BOOST_TEST(response.status == 422);
        BOOST_TEST(contains(response.body, token));
    }
    BOOST_TEST(confirm(visitor, token).status == 303);
}

BOOST_AUTO_TEST_CASE(a_new_password_ends_every_session_and_signs_nobody_in) {
    support::Browser elsewhere{website};
    (void)elsewhere.log_in("ada@example.org");
    const std::string token = ask();
    const auto form = visitor.get(Route::reset_password_confirm, "token=" + token);
    BOOST_TEST(form.status == 200);
    BOOST_TEST(contains(form.body, token));
    BOOST_TEST(contains(form.body, "At least 15 characters."));
    const auto response = confirm(visitor, token);
    BOOST_TEST(response.status == 303);
    BOOST_TEST(response.header("Location") == "/account/login?notice=password-set");
    BOOST_TEST(!visitor.has_cookie("__Host-postern"));
    BOOST_TEST(elsewhere.get(Route::session).status == 401);
    BOOST_TEST(confirm(visitor, token).status == 422);
    BOOST_TEST(script.log_in("ada@example.org").status == 401);
    BOOST_TEST(script.log_in("ada@example.org", other_password).status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
