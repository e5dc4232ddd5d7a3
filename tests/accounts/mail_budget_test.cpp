#include "accounts/mail_budget.h"

#include <boost/test/unit_test.hpp>

#include "accounts/expiry.h"
#include "accounts/password_reset.h"
#include "accounts/registration.h"
#include "accounts/world.h"

using base::hour;
using base::minute;
using world::address;
using world::World;

namespace {

const auto count_withheld = world::query("SELECT count(*) FROM outbox WHERE kind = 'withheld'");
const auto count_counts = world::query("SELECT count(*) FROM mail_budget");

struct Budget : World {
    Budget() { settings.mail_budget = {true, 3, 5, 8}; }

    accounts::ClaimTicket ask(std::string_view email, std::string client = "192.0.2.7") {
        return accounts::register_claim(domain, address(email), std::nullopt,
                                        {std::move(client), "agent"});
    }
    void ask_times(int times, std::string_view email, const std::string& client = "192.0.2.7") {
        for (int i = 0; i < times; ++i) (void)ask(email, client);
    }
    void reset(std::string_view email, std::string client = "192.0.2.7") {
        accounts::request_reset(domain, address(email), {std::move(client), "agent"});
    }
    std::int64_t number(const store::Query& question) { return World::ask(question); }
    std::int64_t withheld() { return number(count_withheld); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(mail_budget_test, Budget)

BOOST_AUTO_TEST_CASE(an_address_gets_so_many_mails_an_hour_from_wherever_they_are_asked_for) {
    for (const char* client : {"192.0.2.7", "198.51.100.7", "2001:db8::1"}) {
        (void)ask("ada@example.org", client);
    }
    BOOST_TEST(withheld() == 0);
    (void)ask("ada@example.org", "203.0.113.7");
    reset("ada@example.org", "203.0.113.8");
    BOOST_TEST(withheld() == 2);
    (void)ask("bob@example.org", "203.0.113.7");
    BOOST_TEST(withheld() == 2);
}

BOOST_AUTO_TEST_CASE(a_tag_makes_no_other_mailbox) {
    for (const char* email : {"ada@example.org", "ada+one@example.org", "ada+two@example.org"}) {
        (void)ask(email);
    }
    BOOST_TEST(withheld() == 0);
    (void)ask("ada+three@example.org");
    BOOST_TEST(withheld() == 1);
    (void)ask("+ada@example.org");
    BOOST_TEST(withheld() == 1);
}

BOOST_AUTO_TEST_CASE(a_network_gets_so_many_whatever_the_addresses) {
    for (int i = 0; i < 6; ++i) {
        (void)ask(std::to_string(i) + "@example.org", "192.0.2." + std::to_string(i));
    }
    BOOST_TEST(withheld() == 1);
    (void)ask("7@example.org", "192.0.3.1");
    BOOST_TEST(withheld() == 1);
}

BOOST_AUTO_TEST_CASE(all_together_get_so_many) {
    for (int i = 0; i < 9; ++i) {
        const std::string number = std::to_string(i);
        (void)ask(number + "@example.org", "192.0." + number + ".1");
    }
    BOOST_TEST(withheld() == 1);
}

BOOST_AUTO_TEST_CASE(after_its_hour_a_count_begins_anew_however_often_was_asked_meanwhile) {
    ask_times(3, "ada@example.org");
    for (int i = 0; i < 59; ++i) {
        clock.advance(minute);
        (void)ask("ada@example.org", "198.51." + std::to_string(i) + ".1");
    }
    BOOST_TEST(withheld() == 59);
    clock.advance(minute);
    (void)ask("ada@example.org");
    BOOST_TEST(withheld() == 59);
}

BOOST_AUTO_TEST_CASE(a_clock_that_was_set_back_withholds_no_mail) {
    ask_times(3, "ada@example.org");
    clock.advance(-10 * hour);
    (void)ask("ada@example.org");
    BOOST_TEST(withheld() == 0);
}

// Else a stranger could find out by counting who has an account.
BOOST_AUTO_TEST_CASE(known_and_unknown_addresses_have_the_same_budget) {
    add("known@example.org");
    for (const char* email : {"known@example.org", "unknown@example.org"}) {
        const auto before = withheld();
        reset(email, "192.0.2.1");
        reset(email, "192.0.2.1");
        (void)ask(email, "198.51.100.1");
        BOOST_TEST(withheld() == before);
        (void)ask(email, "198.51.100.1");
        BOOST_TEST(withheld() == before + 1);
    }
}

BOOST_AUTO_TEST_CASE(asking_for_the_mail_again_counts_too) {
    const auto ticket = ask("ada@example.org");
    for (int i = 0; i < 3; ++i) {
        clock.advance(accounts::resend_cooldown);
        BOOST_TEST((accounts::resend_claim(domain, ticket.cookie.reveal(), world::device).outcome ==
                    accounts::Resend::Outcome::sent));
    }
    BOOST_TEST(withheld() == 1);
    BOOST_TEST(number(world::count_mails) == 4);
}

// A stranger who uses up an address's budget must not thereby kill the link that its owner got.
BOOST_AUTO_TEST_CASE(a_withheld_reset_leaves_the_link_before_it_good) {
    add("ada@example.org");
    for (int i = 0; i < 3; ++i) reset("ada@example.org");
    const auto token = keys.link_token(base::Purpose::reset_password, next_mail()->subject_id);
    for (int i = 0; i < 5; ++i) reset("ada@example.org", "198.51.100.7");
    BOOST_TEST(withheld() == 5);
    BOOST_TEST(accounts::is_live_reset(domain, token));
}

BOOST_AUTO_TEST_CASE(without_limits_nothing_is_counted) {
    settings.mail_budget.enabled = false;
    ask_times(20, "ada@example.org");
    BOOST_TEST(withheld() == 0);
    BOOST_TEST(number(count_counts) == 0);
}

BOOST_AUTO_TEST_CASE(counts_are_removed_when_their_hour_is_over) {
    ask_times(1, "ada@example.org");
    clock.advance(minute);
    ask_times(1, "bob@example.org");
    BOOST_TEST(number(count_counts) == 4);
    clock.advance(hour - minute);
    BOOST_TEST(accounts::expire(domain).mail_counts == 3);
    clock.advance(minute);
    BOOST_TEST(accounts::expire(domain).mail_counts == 1);
    BOOST_TEST(number(count_counts) == 0);
}

BOOST_AUTO_TEST_CASE(workers_at_once_share_the_budget) {
    settings.mail_budget = {true, 3, 100, 100};
    (void)world::at_once(*this, 12, [&](accounts::Domain& worker) {
        (void)accounts::register_claim(worker, address("ada@example.org"), std::nullopt,
                                       world::device);
        return true;
    });
    BOOST_TEST(withheld() == 9);
}

BOOST_AUTO_TEST_SUITE_END()
