#include "accounts/expiry.h"

#include <boost/test/unit_test.hpp>

#include "accounts/password_reset.h"
#include "accounts/registration.h"
#include "accounts/session.h"
#include "sql.h"
#include "tests/accounts/world.h"

using base::day;
using base::hour;
using world::address;
using world::count_claims;
using world::count_mails;
using world::count_sessions;
using world::count_tokens;
using world::World;

namespace {

// Of five sessions four are dead.
const auto crowd = world::query(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25000) "
    "INSERT INTO session SELECT randomblob(32), (SELECT id FROM account), 1, 1, "
    "CASE i % 5 WHEN 0 THEN 4000000000 ELSE 1 END, 4000000000, 0, '', '' FROM n");

constexpr std::chrono::milliseconds no_rest{0};

}  // namespace

BOOST_AUTO_TEST_SUITE(expiry_test)

BOOST_FIXTURE_TEST_CASE(what_lives_is_left_alone, World) {
    open(add());
    accounts::request_reset(domain, address("ada@example.org"), world::device);
    (void)accounts::register_claim(domain, address("bob@example.org"), std::nullopt, world::device);
    const auto expired = accounts::expire(domain);
    BOOST_TEST(expired.sessions + expired.claims + expired.tokens + expired.mails == 0);
    BOOST_TEST(ask(count_sessions) == 1);
    BOOST_TEST(ask(count_claims) == 1);
    BOOST_TEST(ask(count_tokens) == 1);
    BOOST_TEST(ask(count_mails) == 2);
}

BOOST_FIXTURE_TEST_CASE(a_session_goes_when_it_was_idle_or_has_come_to_its_end, World) {
    const auto ada = add();
    open(ada);
    const auto remembered = open(ada, true);
    clock.advance(12 * hour);
    BOOST_TEST(accounts::expire(domain).sessions == 1);
    BOOST_TEST(is_live(remembered));
    tell(world::query("UPDATE session SET idle = 4000000000"));
    clock.advance(90 * day - 12 * hour - 1);
    BOOST_TEST(accounts::expire(domain).sessions == 0);
    clock.advance(1);
    BOOST_TEST(accounts::expire(domain).sessions == 1);
    BOOST_TEST(ask(count_sessions) == 0);
}

BOOST_FIXTURE_TEST_CASE(claims_and_tokens_are_kept_for_a_day_after_their_death, World) {
    add();
    accounts::request_reset(domain, address("ada@example.org"), world::device);
    accounts::request_reset(domain, address("eve@example.org"), world::device);
    (void)accounts::register_claim(domain, address("bob@example.org"), std::nullopt, world::device);
    clock.advance(25 * hour - 1);
    BOOST_TEST(accounts::expire(domain).tokens == 0);
    clock.advance(1);
    const auto first = accounts::expire(domain);
    BOOST_TEST(first.tokens == 2);
    BOOST_TEST(first.claims == 0);
    clock.advance(23 * hour - 1);
    BOOST_TEST(accounts::expire(domain).claims == 0);
    clock.advance(1);
    BOOST_TEST(accounts::expire(domain).claims == 1);
    BOOST_TEST(ask(count_claims) + ask(count_tokens) == 0);
}

BOOST_FIXTURE_TEST_CASE(finished_mails_go_after_a_month_and_waiting_ones_stay, World) {
    (void)accounts::register_claim(domain, address("ada@example.org"), std::nullopt, world::device);
    (void)accounts::register_claim(domain, address("bob@example.org"), std::nullopt, world::device);
    const auto leased = next_mail().value();
    {
        store::Transaction transaction(database);
        BOOST_TEST(mail::finish(transaction, leased, mail::State::accepted, "250", clock.now()));
        transaction.commit();
    }
    clock.advance(29 * day);
    BOOST_TEST(accounts::expire(domain).mails == 0);
    clock.advance(2 * day);
    BOOST_TEST(accounts::expire(domain).mails == 1);
    BOOST_TEST(ask(count_mails) == 1);
}

BOOST_FIXTURE_TEST_CASE(a_crowd_of_the_dead_goes_in_small_batches_among_the_living, World) {
    const auto live = open(add());
    tell(crowd);
    tell(world::query(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) "
        "INSERT INTO token SELECT i, 'reset-password', NULL, 1, 1, NULL FROM n"));
    const auto expired = accounts::expire(domain, no_rest);
    BOOST_TEST(expired.sessions == 20'000);
    BOOST_TEST(expired.tokens == 1'200);
    BOOST_TEST(ask(count_sessions) == 5'001);
    BOOST_TEST(is_live(live));
    BOOST_TEST(accounts::expire(domain, no_rest).sessions == 0);
}

BOOST_FIXTURE_TEST_CASE(others_get_their_turn_after_each_full_transaction, World) {
    add();
    tell(world::query(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 350) "
        "INSERT INTO session SELECT randomblob(32), (SELECT id FROM account), 1, 1, 1, 1, 0, '', "
        "'' FROM n"));
    constexpr std::chrono::milliseconds rest{100};
    const auto start = std::chrono::steady_clock::now();
    BOOST_TEST(accounts::expire(domain, rest).sessions == 350);
    const auto full_ones = (std::chrono::steady_clock::now() - start) / rest;
    BOOST_TEST(full_ones >= 3);
}

BOOST_FIXTURE_TEST_CASE(a_session_that_was_used_since_it_was_seen_dead_is_left_alone, World) {
    const auto live = open(add());
    const base::Hash& key = live.signed_in.session.key;
    store::Transaction transaction(database);
    BOOST_TEST(transaction.run(sql::session::expire, key, clock.now()) == 0);
    BOOST_TEST(transaction.run(sql::session::expire, key, clock.now() + 12 * hour) == 1);
}

BOOST_FIXTURE_TEST_CASE(two_at_once_take_each_row_away_once, World) {
    add();
    tell(crowd);
    std::atomic<std::int64_t> sessions = 0;
    world::at_once(*this, 2, [&](accounts::Domain& worker) {
        sessions += accounts::expire(worker, no_rest).sessions;
        return true;
    });
    BOOST_TEST(sessions == 20'000);
}

BOOST_AUTO_TEST_SUITE_END()
