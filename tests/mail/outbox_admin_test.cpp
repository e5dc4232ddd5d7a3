#include "mail/outbox_admin.h"

#include <boost/test/unit_test.hpp>

#include "mail/queue.h"

using mail::Kind;
using mail::State;
using mail_test::Queue;

BOOST_AUTO_TEST_SUITE(outbox_admin_test)

BOOST_FIXTURE_TEST_CASE(what_cannot_be_retried_stays_as_it_is, Queue) {
    BOOST_TEST(!commit(mail::retry, 4'711, clock.now()));
    const auto id = enqueue(Kind::reset_password, "ann@example.org", 1, base::hour);
    const auto mail = take().value();
    BOOST_TEST(!commit(mail::retry, id, clock.now()), "it is being sent");
    BOOST_TEST(mail::still_mine(database, mail, clock.now()));
    BOOST_TEST(commit(mail::finish, mail, State::accepted, "250", clock.now()));
    BOOST_TEST(!commit(mail::retry, id, clock.now()), "the relay has it");

    const auto late = enqueue(Kind::reset_password, "ann@example.org", 2, base::hour);
    BOOST_TEST(commit(mail::finish, take().value(), State::shelved, "550", clock.now()));
    clock.advance(base::hour);
    BOOST_TEST(!commit(mail::retry, late, clock.now()), "its link is dead");
    BOOST_TEST(state(late) == State::shelved);
}

BOOST_FIXTURE_TEST_CASE(a_shelved_mail_is_tried_again_from_the_start, Queue) {
    const auto id = enqueue();
    const auto first = take().value();
    BOOST_TEST(commit(mail::finish, first, State::shelved, "550 no such user", clock.now()));
    BOOST_TEST(entry(id).finished_at.value() == clock.now());
    BOOST_TEST(commit(mail::retry, id, clock.now()));
    BOOST_TEST(entry(id).last_reply.value() == "550 no such user");
    const auto again = take().value();
    BOOST_TEST(again.id == id);
    BOOST_TEST(again.attempts == 1);
    BOOST_TEST(again.message_id == first.message_id);
}

BOOST_FIXTURE_TEST_CASE(a_mail_that_waits_for_its_next_attempt_is_tried_at_once, Queue) {
    const auto id = enqueue();
    BOOST_CHECK(commit(mail::put_back, take().value(), "451", clock.now()) == State::due);
    BOOST_CHECK(!take());
    BOOST_TEST(commit(mail::retry, id, clock.now()));
    BOOST_TEST(take()->id == id);
}

BOOST_FIXTURE_TEST_CASE(a_dropped_mail_is_never_sent_and_its_sender_writes_nothing, Queue) {
    const auto id = enqueue();
    const auto mail = take().value();
    BOOST_TEST(commit(mail::drop, id, clock.now()));
    BOOST_TEST(!mail::still_mine(database, mail, clock.now()));
    BOOST_TEST(!commit(mail::finish, mail, State::shelved, "550", clock.now()));
    BOOST_TEST(state(id) == State::discarded);
    BOOST_TEST(!commit(mail::drop, id, clock.now()));
    BOOST_TEST(!commit(mail::retry, id, clock.now()));
    clock.advance(base::hour);
    BOOST_CHECK(!take());
}

BOOST_FIXTURE_TEST_CASE(the_list_has_the_newest_first_and_can_be_narrowed, Queue) {
    const auto first = enqueue(Kind::verify, "ann@example.org");
    const auto second = enqueue(Kind::reset_password, "bob@example.org");
    BOOST_TEST(commit(mail::finish, take().value(), State::shelved, "550", clock.now()));
    const auto all = mail::list(database, std::nullopt, 10);
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST(all.front().id == second);
    BOOST_TEST(all.front().kind == "reset_password");
    BOOST_TEST(all.front().recipient == "bob@example.org");
    BOOST_TEST(all.back().id == first);
    BOOST_TEST(mail::list(database, std::nullopt, 1).size() == 1U);
    const auto due = mail::list(database, State::due, 10);
    BOOST_REQUIRE(due.size() == 1U);
    BOOST_TEST(due.front().id == first);
}

BOOST_FIXTURE_TEST_CASE(the_statistics_count_states_and_tell_the_oldest, Queue) {
    auto statistics = mail::statistics(database);
    BOOST_TEST(statistics.count.at(State::due) == 0);
    BOOST_CHECK(!statistics.oldest_due);
    const auto start = clock.now();
    enqueue();
    clock.advance(100);
    enqueue();
    BOOST_TEST(commit(mail::finish, take().value(), State::accepted, "250", clock.now()));
    BOOST_CHECK(commit(mail::put_back, take().value(), "451", clock.now()) == State::due);
    enqueue();
    statistics = mail::statistics(database);
    BOOST_TEST(statistics.count.at(State::due) == 2);
    BOOST_TEST(statistics.count.at(State::accepted) == 1);
    BOOST_TEST(statistics.count.at(State::expired) == 0);
    BOOST_TEST(statistics.oldest_due.value() == start);
    BOOST_TEST(statistics.most_attempts == 1);
}

BOOST_FIXTURE_TEST_CASE(the_backlog_counts_to_a_limit_and_tells_how_late_the_next_mail_is, Queue) {
    BOOST_TEST(mail::backlog(database, clock.now(), 10).overdue == 0);
    enqueue();
    BOOST_TEST(commit(mail::finish, take().value(), State::shelved, "550", clock.now()));
    for (int i = 0; i < 4; ++i) enqueue();
    clock.advance(100);
    const auto backlog = mail::backlog(database, clock.now(), 3);
    BOOST_TEST(backlog.due == 3);
    BOOST_TEST(backlog.shelved == 1);
    BOOST_TEST(backlog.overdue == 100);
    BOOST_TEST(mail::backlog(database, clock.now() - base::hour, 3).overdue == 0);
}

BOOST_AUTO_TEST_SUITE_END()
