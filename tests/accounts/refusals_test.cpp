#include "accounts/refusals.h"

#include <boost/test/unit_test.hpp>

#include "accounts/expiry.h"
#include "accounts/password_change.h"
#include "accounts/throttle.h"
#include "tests/accounts/world.h"

using base::hour;
using world::World;

namespace {

const auto count_refusals = world::query(
    "SELECT count(*) FROM audit WHERE event IN ('access_refused', 'throttled') AND outcome = "
    "'refused' AND actor = 'visitor'");
const auto count_nobodys =
    world::query("SELECT count(*) FROM audit WHERE event = 'throttled' AND account_id IS NULL");

std::string network(int number) {
    return "10." + std::to_string(number / 256) + "." + std::to_string(number % 256) + ".7";
}

struct Refused : World {
    accounts::Account ada = add();
    accounts::Account bob = add("bob@example.org");

    Refused() { settings.throttle.failures_per_account = 1; }

    void ask_without_role(const accounts::Account& who, const std::string& client) {
        domain.actor = {true, client};
        accounts::note_missing_role(domain, who.id);
    }
    // After the first, each is turned away.
    void guess(std::string_view email, int number) {
        (void)sign_in(world::other_password, email, {network(number), ""});
    }
    std::int64_t told() {
        refusals.flush(database);
        return ask(count_refusals);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(refusals_test, Refused)

BOOST_AUTO_TEST_CASE(nobody_fills_the_disk_by_being_refused) {
    for (int number = 0; number < 3 * accounts::told_in_all; ++number) {
        ask_without_role(ada, network(number));
        if (number % 100 == 0) refusals.flush(database);
    }
    BOOST_TEST(told() == accounts::told_in_all);
    clock.advance(hour / 2);
    ask_without_role(bob, network(0));
    ask_without_role(bob, network(1));
    BOOST_TEST(told() == accounts::told_in_all + 2);  // it empties at an even pace
}

BOOST_AUTO_TEST_CASE(strangers_cannot_fill_the_list_that_an_owner_sees) {
    for (int number = 0; number < 50; ++number) guess("ada@example.org", number);
    BOOST_TEST(told() == 1);
    const auto row = accounts::list_events(domain, ada.id, 1).at(0);
    BOOST_TEST(row.event == "throttled");
    BOOST_TEST(row.client == network(1));
    BOOST_TEST(row.happened_at == clock.now());
}

BOOST_AUTO_TEST_CASE(addresses_without_an_account_are_told_once_for_each_network) {
    settings.throttle.failures_per_network = 1;
    for (int number = 0; number < 20; ++number) {
        guess("nobody-" + std::to_string(number) + "@example.org", number % 2);
        guess("no address " + std::to_string(number), number % 2);
    }
    BOOST_TEST(told() == 2);
    BOOST_TEST(ask(count_nobodys) == 2);
}

BOOST_AUTO_TEST_CASE(a_missing_role_is_told_once_an_hour_for_each_account_and_network) {
    for (int turn = 0; turn < 3; ++turn) {
        for (const auto& who : {ada, bob}) {
            ask_without_role(who, "203.0.113.7");
            ask_without_role(who, "203.0.113.8");  // the same network
            ask_without_role(who, "198.51.100.1");
        }
        BOOST_TEST(told() == 4);
    }
    const auto row = accounts::list_events(domain, ada.id, 1).at(0);
    BOOST_TEST(row.event == "access_refused");
    BOOST_TEST(row.outcome == "refused");
    clock.advance(hour);
    ask_without_role(ada, "203.0.113.7");
    BOOST_TEST(told() == 5);
    BOOST_TEST(!accounts::verify_audit(database, std::nullopt).broken_at.has_value());
}

BOOST_AUTO_TEST_CASE(a_stolen_session_that_tries_passwords_is_told) {
    const auto stolen = open(ada).signed_in;
    for (int turn = 0; turn < 3; ++turn) {
        (void)accounts::change_password(domain, stolen, "203.0.113.7", "x", world::other_password);
    }
    BOOST_TEST(told() == 1);
}

BOOST_AUTO_TEST_CASE(all_workers_tell_it_once_and_a_restart_forgets_nothing) {
    world::at_once(*this, 8, [&](accounts::Domain& worker) {
        accounts::RefusalQueue own(settings.throttle);
        own.note({accounts::Event::throttled, ada.id, "", "203.0.113.7", clock.now()});
        own.flush(worker.database);
        return true;
    });
    BOOST_TEST(ask(count_refusals) == 1);
}

BOOST_AUTO_TEST_CASE(being_refused_writes_nothing_and_going_on_opens_no_transaction) {
    ask_without_role(ada, "203.0.113.7");
    BOOST_TEST(ask(count_refusals) == 0);
    BOOST_TEST(told() == 1);
    store::Database other(file);
    const auto seen = other.data_version();
    for (int turn = 0; turn < 10; ++turn) {
        ask_without_role(ada, "203.0.113.7");
        refusals.flush(database);
    }
    BOOST_TEST(other.data_version() == seen);
}

BOOST_AUTO_TEST_CASE(what_could_not_be_written_is_kept_for_the_next_try) {
    ask_without_role(ada, "203.0.113.7");
    store::Database impatient(file, {.busy_timeout_ms = 10, .gate_timeout_ms = 10});
    {
        store::Transaction other(database);
        BOOST_CHECK_THROW(refusals.flush(impatient), store::Error);
    }
    BOOST_TEST(ask(count_refusals) == 0);
    BOOST_TEST(told() == 1);
}

BOOST_AUTO_TEST_CASE(a_full_queue_forgets_and_the_next_of_its_kind_is_told) {
    const int capacity = static_cast<int>(accounts::RefusalQueue::capacity);
    for (int number = 0; number < capacity; ++number) ask_without_role(ada, network(number));
    ask_without_role(bob, "203.0.113.7");
    BOOST_TEST(told() == capacity);
    ask_without_role(bob, "203.0.113.7");
    BOOST_TEST(told() == capacity + 1);
}

BOOST_AUTO_TEST_CASE(a_clock_that_was_years_ahead_silences_nothing) {
    clock.advance(10 * 365 * base::day);
    ask_without_role(ada, "203.0.113.7");
    BOOST_TEST(told() == 1);
    clock.advance(-10 * 365 * base::day);
    ask_without_role(ada, "203.0.113.7");
    BOOST_TEST(told() == 2);
}

BOOST_AUTO_TEST_CASE(marks_are_taken_away_when_their_hour_is_over) {
    ask_without_role(ada, "203.0.113.7");
    BOOST_TEST(told() == 1);
    clock.advance(hour);
    BOOST_TEST(accounts::expire(domain).throttles == 2);
}

BOOST_AUTO_TEST_SUITE_END()
