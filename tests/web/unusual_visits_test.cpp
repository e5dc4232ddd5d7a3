// Visits that are right and rare: another mount, a browser that says a thing twice, what happened
// behind the visitor's back.
#include <boost/test/unit_test.hpp>

#include "accounts/audit.h"
#include "web/visited_website.h"
#include "web/words.h"

using support::good_password;

namespace {

const store::Query lose_mails{"test.lose_mails", "DELETE FROM outbox", 1'010};

struct Fixture : support::VisitedWebsite {
    void write(const std::function<void(store::Transaction&)>& work) {
        store::Transaction transaction(website.domain().database);
        work(transaction);
        transaction.commit();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(unusual_visits_test, Fixture)

BOOST_AUTO_TEST_CASE(an_event_that_has_no_words_yet_is_left_out_of_the_page) {
    const auto ada = website.add_account("ada@example.org");
    write([&](store::Transaction& transaction) {
        accounts::audit(transaction, website.domain(), accounts::Event::roles_changed,
                        accounts::Outcome::refused, ada.id);
    });
    (void)visitor.log_in("ada@example.org");
    const auto page = visitor.get(Route::account);
    BOOST_TEST(page.status == 200);
    BOOST_TEST(contains(page.body, "Signed in"));
    BOOST_TEST(!contains(page.body, "oles were changed"));
}

BOOST_AUTO_TEST_CASE(a_site_of_accounts_alone_is_mounted_at_its_root) {
    website.settings.addresses = base::Addresses("https://accounts.example.org", "");
    const auto response = script.post(Route::register_, {{"email", "ada@example.org"}});
    BOOST_TEST(response.status == 202);
    BOOST_TEST(contains(response.header("Set-Cookie"), "; Path=/;"));
    BOOST_TEST(contains(script.get(Route::verify).body, "\"action\":\"/verify\""));
}

BOOST_AUTO_TEST_CASE(a_theme_that_is_said_twice_is_not_believed) {
    auto request = visitor.request(http::Method::get, visitor.path(Route::login));
    request.cookie = "postern-settings=theme=dark";
    BOOST_TEST(contains(visitor.send(request).body, "data-theme=\"dark\""));
    request.cookie += "; postern-settings=theme=light";
    const auto page = visitor.send(request);
    BOOST_TEST(page.status == 200);
    BOOST_TEST(!contains(page.body, "data-theme=\"dark\""));
}

BOOST_AUTO_TEST_CASE(a_script_that_sets_the_theme_is_not_sent_anywhere) {
    const auto response =
        script.post(Route::settings, {{"theme", "dark"}, {"return_to", "/somewhere"}});
    BOOST_TEST(response.status == 204);
    BOOST_TEST(response.header("Location") == "");
}

BOOST_AUTO_TEST_CASE(a_held_mail_without_a_link_shows_none) {
    website.services.held_mails = [](store::Database&) {
        return std::vector{web::HeldMail{"1", 0, "ada@example.org", "Changed", "Hello\n", ""}};
    };
    const auto page = visitor.get(Route::mailbox);
    BOOST_TEST(contains(page.body, "Hello"));
    BOOST_TEST(!contains(page.body, "href=\"\""));
}

BOOST_AUTO_TEST_CASE(where_nothing_is_counted_there_are_no_metrics) {
    auto request = visitor.request(http::Method::get, visitor.path(Route::metrics));
    request.metrics = "on";
    BOOST_TEST(visitor.send(request).status == 404);
}

BOOST_AUTO_TEST_CASE(without_a_notifier_of_its_own_a_process_registers_all_the_same) {
    website.services.wake_notifier = nullptr;
    BOOST_TEST(script.post(Route::register_, {{"email", "ada@example.org"}}).status == 202);
    BOOST_TEST(website.number("SELECT count(*) FROM outbox") == 1);
}

BOOST_AUTO_TEST_CASE(a_claim_whose_mail_is_gone_from_the_queue_tells_nothing_of_it) {
    (void)visitor.post(Route::register_, {{"email", "ada@example.org"}});
    write([](store::Transaction& transaction) { transaction.run(lose_mails); });
    script.cookies = visitor.cookies;
    const auto page = visitor.get(Route::verify);
    BOOST_TEST(page.status == 200);
    BOOST_TEST(contains(page.body, "ada@example.org"));
    const auto json = script.get(Route::verify);
    BOOST_TEST(json.status == 200);
    BOOST_TEST(!contains(json.body, "\"mail\":"));
    BOOST_TEST(contains(json.body, "\"resend_at\":"));
}

BOOST_AUTO_TEST_CASE(who_proves_a_mailbox_while_signed_in_as_another_is_no_longer_the_other) {
    website.add_account("bob@example.org");
    (void)visitor.log_in("bob@example.org");
    support::Browser as_bob = visitor;
    BOOST_TEST(as_bob.get(Route::session).status == 200);
    (void)visitor.post(Route::register_, {{"email", "ada@example.org"}});
    const auto response = visitor.post(
        Route::verify, {{"token", website.verify_token()}, {"password", good_password}});
    BOOST_TEST(response.status == 303);
    BOOST_TEST(contains(visitor.get(Route::session).body, "ada@example.org"));
    BOOST_TEST(as_bob.get(Route::session).status != 200);
}

BOOST_AUTO_TEST_CASE(every_flaw_of_a_password_has_words_of_its_own) {
    using enum accounts::PasswordFlaw;
    std::vector<std::string_view> codes;
    for (const auto flaw :
         {not_text, too_short, too_long, too_common, is_own_address, is_site_name}) {
        codes.push_back(web::code_of(web::word_for(flaw)));
    }
    BOOST_TEST(
        (codes == std::vector<std::string_view>{"not_text", "too_short", "too_long", "too_common",
                                                "is_own_address", "is_site_name"}));
}

BOOST_AUTO_TEST_SUITE_END()
