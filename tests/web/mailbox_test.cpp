#include "web/mailbox.h"

#include <boost/test/unit_test.hpp>

#include "web/visited_website.h"

namespace {

struct Fixture : support::VisitedWebsite {
    web::HeldMail mail{
        "17",          1'750'000'000, "ada@example.org",
        "Your <link>", "Hello\n",     "https://example.org/account/verify?token=abc"};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(mailbox_test, Fixture)

BOOST_AUTO_TEST_CASE(where_mail_is_sent_there_is_no_mailbox) {
    BOOST_TEST(visitor.get(Route::mailbox).status == 404);
    BOOST_TEST(script.get(Route::mailbox).status == 404);
}

BOOST_AUTO_TEST_CASE(an_empty_mailbox_says_so) {
    website.services.held_mails = [](store::Database&) { return std::vector<web::HeldMail>{}; };
    BOOST_TEST(contains(visitor.get(Route::mailbox).body, "No mail yet"));
    BOOST_TEST(script.get(Route::mailbox).body == R"({"mails":[]})");
}

BOOST_AUTO_TEST_CASE(held_mails_are_shown_with_their_link) {
    website.services.held_mails = [&](store::Database&) { return std::vector{mail}; };
    const auto page = visitor.get(Route::mailbox);
    BOOST_TEST(page.status == 200);
    BOOST_TEST(contains(page.body, "href=\"https://example.org/account/verify?token=abc\""));
    BOOST_TEST(contains(page.body, "Your &lt;link&gt;"));
    BOOST_TEST(script.get(Route::mailbox).body ==
               R"({"mails":[{"id":"17","created_at":"2025-06-15T15:06:40Z",)"
               R"("recipient":"ada@example.org","subject":"Your <link>","text":"Hello\n",)"
               R"("link":"https://example.org/account/verify?token=abc"}]})");
}

BOOST_AUTO_TEST_SUITE_END()
