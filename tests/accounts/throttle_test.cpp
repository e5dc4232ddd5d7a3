#include "accounts/throttle.h"

#include <boost/test/unit_test.hpp>
#include <vector>

#include "accounts/expiry.h"
#include "accounts/password_change.h"
#include "accounts/password_reset.h"
#include "accounts/sign_in.h"
#include "tests/accounts/world.h"

using accounts::Throttled;
using base::hour;
using base::minute;
using world::World;

namespace {

const std::string email = "ada@example.org";
const accounts::Device home{"198.51.100.4", "Firefox"};
const accounts::Device stranger{"203.0.113.7", "curl"};
const auto count_throttles = world::query("SELECT count(*) FROM throttle");
const auto count_places = world::query("SELECT count(*) FROM place");

struct Throttle : World {
    Throttle() {
        settings.throttle.failures_per_account = 4;
        settings.throttle.failures_per_network = 8;
        settings.throttle.failures_in_all = 1'000;
    }

    accounts::Account ada = add(email);

    // A network of its own for every number.
    static accounts::Device stranger_from(int number) {
        return {"10." + std::to_string(number / 256) + "." + std::to_string(number % 256) + ".1",
                ""};
    }
    std::optional<base::Seconds> wait(const accounts::SignInResult& result) {
        const auto* throttled = std::get_if<Throttled>(&result);
        return throttled == nullptr ? std::nullopt : std::optional(throttled->retry_after);
    }
    bool is_throttled(std::string_view address, const accounts::Device& from) {
        return wait(sign_in(world::other_password, address, from)).has_value();
    }
    bool enters(const accounts::Device& from) {
        return world::session_of(sign_in(world::good_password, email, from)).has_value();
    }
    // Until the door closes; how many were looked at.
    int hammer(std::string_view address, const accounts::Device& from) {
        int looked_at = 0;
        while (looked_at < 100 && !is_throttled(address, from)) ++looked_at;
        return looked_at;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(throttle_test, Throttle)

BOOST_AUTO_TEST_CASE(an_account_bears_so_many_guesses_wherever_they_come_from) {
    for (int i = 0; i < 4; ++i) BOOST_TEST(!is_throttled(email, stranger_from(i)));
    BOOST_TEST(is_throttled(email, stranger_from(4)));
    BOOST_TEST(is_throttled(" ADA@Example.org", stranger_from(5)));
    BOOST_TEST(!is_throttled("bob@example.org", stranger_from(4)));
}

BOOST_AUTO_TEST_CASE(who_is_throttled_does_not_learn_whether_the_password_was_right) {
    hammer(email, stranger);
    const auto hashed = wait(sign_in(world::other_password, email, stranger));
    BOOST_TEST_REQUIRE(hashed.has_value());
    BOOST_TEST((wait(sign_in(world::good_password, email, stranger)) == hashed));
    BOOST_TEST((wait(sign_in("", email, stranger)) == hashed));
    BOOST_TEST(!enters(stranger));
}

BOOST_AUTO_TEST_CASE(unknown_locked_and_unproven_addresses_throttle_like_a_known_one) {
    (void)accounts::set_state(domain, add("locked@example.org").id, accounts::AccountState::locked);
    int network = 0;
    for (const char* address : {"ada@example.org", "locked@example.org", "nobody@example.org"}) {
        for (int i = 0; i < 4; ++i) BOOST_TEST(!is_throttled(address, stranger_from(network++)));
        const auto told = wait(sign_in(world::good_password, address, stranger_from(network++)));
        BOOST_TEST((told == std::optional(hour / 4)));
    }
}

BOOST_AUTO_TEST_CASE(a_network_bears_so_many_guesses_whoever_they_are_about) {
    for (int i = 0; i < 8; ++i) {
        const accounts::Device neighbour{"203.0.113." + std::to_string(i), ""};
        BOOST_TEST(!is_throttled("user" + std::to_string(i) + "@example.org", neighbour));
    }
    BOOST_TEST(is_throttled("another@example.org", stranger));
    BOOST_TEST(is_throttled("no address", stranger));
    BOOST_TEST(!is_throttled("another@example.org", home));
}

BOOST_AUTO_TEST_CASE(the_site_bears_so_many_guesses_from_everywhere) {
    settings.throttle.failures_in_all = 5;
    for (int i = 0; i < 5; ++i) {
        BOOST_TEST(!is_throttled("user" + std::to_string(i) + "@example.org", stranger_from(i)));
    }
    BOOST_TEST(is_throttled("one-more@example.org", stranger_from(5)));
}

BOOST_AUTO_TEST_CASE(whoever_knows_the_password_gets_in_from_where_he_always_did) {
    BOOST_TEST(enters(home));
    settings.throttle.failures_in_all = 20;
    for (int i = 0; i < 10; ++i) {
        hammer(email, stranger_from(i));
        hammer("user" + std::to_string(i) + "@example.org", stranger_from(i));
    }
    BOOST_TEST(is_throttled(email, stranger));
    BOOST_TEST(is_throttled("bob@example.org", stranger));
    BOOST_TEST(enters(home));
    BOOST_TEST(!enters(stranger_from(41)));
}

BOOST_AUTO_TEST_CASE(a_usual_place_has_a_bound_of_its_own_and_the_owner_forgets_his_slips) {
    BOOST_TEST(enters(home));
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 3; ++i) BOOST_TEST(!is_throttled(email, home));
        BOOST_TEST(enters(home));
    }
    BOOST_TEST(hammer(email, home) == 4);
    BOOST_TEST(!enters(home));
    clock.advance(hour / 4);
    BOOST_TEST(enters(home));
}

BOOST_AUTO_TEST_CASE(a_sign_in_does_not_forgive_what_strangers_did) {
    BOOST_TEST(enters(home));
    hammer(email, stranger);
    BOOST_TEST(enters(home));
    BOOST_TEST(is_throttled(email, stranger_from(1)));
}

BOOST_AUTO_TEST_CASE(who_is_somewhere_new_gets_in_by_a_new_password_from_his_mailbox) {
    hammer(email, stranger);
    const accounts::Device hotel{"192.0.2.77", "Firefox"};
    BOOST_TEST(!enters(hotel));
    const auto link = accounts::make_reset_token(domain, ada.id).value();
    const auto done = accounts::confirm_reset(domain, link, world::good_password, hotel.client);
    BOOST_TEST((done == accounts::ResetResult(accounts::ResetOutcome::done)));
    BOOST_TEST(enters(hotel));
}

BOOST_AUTO_TEST_CASE(the_door_opens_again_one_guess_at_a_time) {
    BOOST_TEST(hammer(email, stranger_from(0)) == 4);
    clock.advance(hour / 4 - 1);
    BOOST_TEST(is_throttled(email, stranger_from(1)));
    clock.advance(1);
    BOOST_TEST(hammer(email, stranger_from(2)) == 1);
    clock.advance(hour);
    BOOST_TEST(hammer(email, stranger_from(3)) == 4);
}

BOOST_AUTO_TEST_CASE(retry_after_is_when_another_guess_is_taken_in_whole_minutes) {
    hammer(email, stranger_from(0));
    clock.advance(14 * minute + 30);
    BOOST_TEST((wait(sign_in("", email, stranger_from(1))) == std::optional(minute)));
    clock.advance(30);
    BOOST_TEST((wait(sign_in("", email, stranger_from(1))) == std::optional<base::Seconds>()));
}

BOOST_AUTO_TEST_CASE(a_clock_that_was_years_ahead_locks_nobody_out) {
    clock.advance(10 * 365 * base::day);
    hammer(email, stranger);
    clock.advance(-10 * 365 * base::day);
    BOOST_TEST(hammer(email, stranger) == 4);
    clock.advance(-10 * 365 * base::day);
    BOOST_TEST(enters(stranger));
}

BOOST_AUTO_TEST_CASE(all_workers_count_together_and_a_restart_forgets_nothing) {
    std::atomic<int> looked_at = 0;
    const auto guess = [&](accounts::Domain& worker, int network) {
        return accounts::sign_in(worker, email, world::other_password, false,
                                 stranger_from(network), std::nullopt);
    };
    world::at_once(*this, 12, [&](accounts::Domain& worker) {
        int mine = 0;
        while (std::holds_alternative<accounts::SignInRefusal>(guess(worker, mine))) ++mine;
        looked_at += mine;
        return true;
    });
    BOOST_TEST(looked_at >= 4);
    BOOST_TEST(looked_at <= 4 + 11);  // one under way in every other thread
    world::Worker restarted(static_cast<world::Shared&>(*this));
    const auto result = accounts::sign_in(restarted.domain, email, world::good_password, false,
                                          stranger_from(99), std::nullopt);
    BOOST_TEST(std::holds_alternative<Throttled>(result));
}

BOOST_AUTO_TEST_CASE(a_stolen_session_does_not_help_to_guess_the_password) {
    const auto stolen = open(ada).signed_in;
    const auto guess = [&](std::string_view password) {
        return accounts::change_password(domain, stolen, world::device.client, password,
                                         world::other_password);
    };
    for (int i = 0; i < 4; ++i) {
        BOOST_TEST((guess("x") ==
                    accounts::PasswordChangeResult(accounts::PasswordChange::wrong_current)));
    }
    BOOST_TEST(std::holds_alternative<Throttled>(guess("x")));
    BOOST_TEST(std::holds_alternative<Throttled>(guess(world::good_password)));
}

BOOST_AUTO_TEST_CASE(limits_that_are_off_count_nothing) {
    settings.throttle.enabled = false;
    BOOST_TEST(hammer(email, stranger) == 100);
    BOOST_TEST(ask(count_throttles) == 0);
}

BOOST_AUTO_TEST_CASE(the_table_names_nobody) {
    hammer(email, stranger);
    BOOST_TEST(ask(world::query("SELECT count(*) FROM throttle WHERE length(key) <> 32")) == 0);
}

BOOST_AUTO_TEST_CASE(empty_buckets_and_forgotten_places_are_taken_away) {
    BOOST_TEST(enters(home));
    hammer(email, stranger);
    BOOST_TEST(ask(count_throttles) == 4);
    clock.advance(minute);
    BOOST_TEST(accounts::expire(domain).throttles == 1);  // of the whole site, which bears many
    clock.advance(hour);
    BOOST_TEST(accounts::expire(domain).throttles == 3);
    BOOST_TEST(ask(count_throttles) == 0);
    BOOST_TEST(ask(count_places) == 1);
    clock.advance(90 * base::day);
    BOOST_TEST(accounts::expire(domain).places == 1);
    BOOST_TEST(ask(count_places) == 0);
}

BOOST_AUTO_TEST_CASE(buckets_of_a_clock_that_was_ahead_are_taken_away) {
    clock.advance(365 * base::day);
    hammer(email, stranger);
    clock.advance(-365 * base::day);
    BOOST_TEST(accounts::expire(domain).throttles == 4);
}

BOOST_AUTO_TEST_SUITE_END()
