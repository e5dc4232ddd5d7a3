#include "web/account_page.h"

#include <boost/test/unit_test.hpp>

#include "web/visited_website.h"

namespace {

struct Fixture : support::VisitedWebsite {
    accounts::Account ada = website.add_account("ada@example.org", {"admin", "members"});

    Fixture() { (void)visitor.log_in("ada@example.org"); }

    std::string id_of_session_of(support::Browser& browser) {
        const auto signed_in =
            accounts::find_session(website.domain(), browser.cookies["__Host-postern"]);
        return accounts::public_id(signed_in.value().session);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(account_page_test, Fixture)

BOOST_AUTO_TEST_CASE(the_page_shows_what_happened_to_this_account_and_to_no_other) {
    const auto bob = website.add_account("bob@example.org");
    BOOST_TEST(accounts::set_state(website.domain(), bob.id, accounts::AccountState::locked));
    (void)script.log_in("ada@example.org", "a wrong password");
    const auto page = visitor.get(Route::account);
    const auto lately = page.body.substr(page.body.find("What happened lately"));
    BOOST_TEST(contains(lately, "Somebody tried to sign in with a wrong password"));
    BOOST_TEST(contains(lately, "from 192.0.2.7"));
    BOOST_TEST(contains(lately, "Signed in"));
    BOOST_TEST(contains(lately, "Your account was opened by the site"));
    BOOST_TEST(!contains(lately, "locked"));
}

BOOST_AUTO_TEST_CASE(the_page_shows_the_account_and_its_sign_ins) {
    const auto page = visitor.get(Route::account);
    BOOST_TEST(page.status == 200);
    for (const char* part : {"ada@example.org", "admin, members", "Firefox on Linux", "192.0.2.7",
                             "2025-06-15 15:06 UTC"}) {
        BOOST_TEST(contains(page.body, part), part);
    }
    BOOST_TEST(contains(visitor.get(Route::sessions).body, "Firefox on Linux"));
}

BOOST_AUTO_TEST_CASE(a_script_reads_the_same_as_session) {
    (void)script.log_in("ada@example.org");
    BOOST_TEST(script.get(Route::account).body == script.get(Route::session).body);
}

BOOST_AUTO_TEST_CASE(a_name_can_be_set_and_taken_away) {
    const auto saved = visitor.post(Route::profile, {{"name", "Ada L\u00f6velace"}});
    BOOST_TEST(saved.header("Location") == "/account/?notice=name-saved");
    BOOST_TEST(contains(visitor.get("/account/?notice=name-saved").body, "Ada L\u00f6velace"));
    (void)script.log_in("ada@example.org");
    BOOST_TEST(script.post(Route::profile, {{"name", ""}}).status == 204);
    BOOST_TEST(contains(script.get(Route::session).body, "\"name\":null"));
}

BOOST_AUTO_TEST_CASE(a_name_that_is_none_is_refused_and_shown_again) {
    const auto response = visitor.post(Route::profile, {{"name", "two\nlines"}});
    BOOST_TEST(response.status == 422);
    BOOST_TEST(contains(response.body, "A name is one line of at most 100 characters."));
    BOOST_TEST(contains(response.body, "Firefox on Linux"));
    (void)script.log_in("ada@example.org");
    BOOST_TEST(script.post(Route::profile).status == 422);
    BOOST_TEST(script.post(Route::profile, {{"name", std::string(101, 'a')}}).status == 422);
}

BOOST_AUTO_TEST_CASE(a_notice_that_is_not_ours_is_not_shown) {
    const auto page = visitor.get(Route::account, "notice=<b>you+won</b>");
    BOOST_TEST(page.status == 200);
    BOOST_TEST(!contains(page.body, "you won"));
}

BOOST_AUTO_TEST_CASE(the_sign_ins_are_listed_with_the_newest_use_first) {
    website.clock.advance(60);
    (void)script.log_in("ada@example.org");
    const auto response = script.get(Route::sessions);
    BOOST_TEST(response.status == 200);
    const std::string agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Firefox/128.0";
    BOOST_TEST(response.body ==
               "{\"sessions\":[{\"id\":\"" + id_of_session_of(script) +
                   "\",\"current\":true,\"created_at\":\"2025-06-15T15:07:40Z\",\"last_seen_at\":"
                   "\"2025-06-15T15:07:40Z\",\"client\":\"192.0.2.7\",\"agent\":\"" +
                   agent + "\"},{\"id\":\"" + id_of_session_of(visitor) +
                   "\",\"current\":false,\"created_at\":\"2025-06-15T15:06:40Z\",\"last_seen_at\":"
                   "\"2025-06-15T15:06:40Z\",\"client\":\"192.0.2.7\",\"agent\":\"" +
                   agent + "\"}]}");
}

BOOST_AUTO_TEST_CASE(what_is_to_end_must_be_said) {
    (void)script.log_in("ada@example.org");
    BOOST_TEST(script.post(Route::sessions_end).status == 422);
    BOOST_TEST(script.post(Route::sessions_end, {{"all", "mine"}}).status == 422);
    BOOST_TEST(script.post(Route::sessions_end, {{"all", "others"}, {"id", "x"}}).status == 422);
    BOOST_TEST(visitor.post(Route::sessions_end).status == 422);
    BOOST_TEST(visitor.get(Route::session).status == 200);
}

BOOST_AUTO_TEST_CASE(anothers_sign_in_is_not_found) {
    website.add_account("bob@example.org");
    support::Browser bob{website, true};
    (void)bob.log_in("bob@example.org");
    BOOST_TEST(bob.post(Route::sessions_end, {{"id", id_of_session_of(visitor)}}).status == 404);
    BOOST_TEST(bob.post(Route::sessions_end, {{"id", "nothing"}}).status == 404);
    BOOST_TEST(visitor.post(Route::sessions_end, {{"id", id_of_session_of(bob)}}).status == 404);
    BOOST_TEST(visitor.get(Route::session).status == 200);
    BOOST_TEST(bob.get(Route::session).status == 200);
}

BOOST_AUTO_TEST_CASE(one_sign_in_can_be_ended_and_is_dead_in_every_worker_at_once) {
    (void)script.log_in("ada@example.org");
    support::Website::Worker other(website);
    const http::Request question = script.request(http::Method::get, script.path(Route::session));
    BOOST_TEST(website.site().answer(question, other.domain).status == 200);
    const auto ended = visitor.post(Route::sessions_end, {{"id", id_of_session_of(script)}});
    BOOST_TEST(ended.header("Location") == "/account/?notice=session-ended");
    BOOST_TEST(website.site().answer(question, other.domain).status == 401);
    BOOST_TEST(visitor.get(Route::session).status == 200);
}

BOOST_AUTO_TEST_CASE(all_others_can_be_ended) {
    support::Browser third{website};
    (void)third.log_in("ada@example.org");
    (void)script.log_in("ada@example.org");
    BOOST_TEST(script.post(Route::sessions_end, {{"all", "others"}}).status == 204);
    BOOST_TEST(script.get(Route::session).status == 200);
    BOOST_TEST(visitor.get(Route::session).status == 401);
    BOOST_TEST(third.get(Route::session).status == 401);
}

BOOST_AUTO_TEST_CASE(ending_this_very_sign_in_is_a_logout) {
    const auto response = visitor.post(Route::sessions_end, {{"id", id_of_session_of(visitor)}});
    BOOST_TEST(response.header("Location") == "/account/login?notice=signed-out");
    BOOST_TEST(!visitor.has_cookie("__Host-postern"));
}

BOOST_AUTO_TEST_SUITE_END()
