#include "mail/outbox.h"

#include <boost/test/unit_test.hpp>
#include <set>

#include "mail/queue.h"
#include "store/query.h"

using mail::Kind;
using mail::Order;
using mail::State;
using mail_test::Queue;

BOOST_AUTO_TEST_SUITE(outbox_test)

BOOST_FIXTURE_TEST_CASE(a_transaction_that_is_not_committed_leaves_no_mail, Queue) {
    {
        store::Transaction transaction(database);
        mail::enqueue(transaction,
                      {Kind::verify, mail_test::address("ann@example.org"), 1, clock.now() + 60},
                      clock.now());
    }
    BOOST_CHECK(!take());
    BOOST_CHECK(!mail::next_due_at(database));
}

BOOST_FIXTURE_TEST_CASE(a_mail_is_taken_once_and_again_when_the_lease_has_ended, Queue) {
    const auto id = enqueue();
    const auto first = take();
    BOOST_REQUIRE(first);
    BOOST_TEST(first->id == id);
    BOOST_TEST(first->kind == Kind::verify);
    BOOST_TEST(first->recipient.text() == "ann@example.org");
    BOOST_TEST(first->subject_id == 7);
    BOOST_TEST(first->message_id.size() == 32U);
    BOOST_TEST(first->attempts == 1);
    BOOST_TEST(first->lease_ends == clock.now() + mail::lease_seconds);
    BOOST_CHECK(!take());
    BOOST_CHECK(!take(Order::longest_due));

    clock.advance(mail::lease_seconds);
    const auto second = take();
    BOOST_REQUIRE(second);
    BOOST_TEST(second->attempts == 2);
    BOOST_TEST(second->message_id == first->message_id);
    BOOST_TEST(second->lease != first->lease);
}

BOOST_FIXTURE_TEST_CASE(a_sender_frozen_past_its_lease_neither_sends_nor_overwrites, Queue) {
    const auto id = enqueue();
    const auto frozen = take().value();
    BOOST_TEST(mail::still_mine(database, frozen, clock.now()));
    clock.advance(mail::lease_seconds);
    BOOST_TEST(!mail::still_mine(database, frozen, clock.now()), "the clock alone tells it");
    const auto other = take().value();

    // Even with a clock that went back to when the lease was good.
    BOOST_TEST(!mail::still_mine(database, frozen, frozen.lease_ends - 1));
    BOOST_TEST(!commit(mail::finish, frozen, State::shelved, "550 no", clock.now()));
    BOOST_TEST(!commit(mail::release, frozen, "451 later", clock.now()));
    BOOST_CHECK(!commit(mail::put_back, frozen, "451 later", clock.now()));
    BOOST_TEST(mail::still_mine(database, other, clock.now()));
    BOOST_TEST(commit(mail::finish, other, State::accepted, "250 ok", clock.now()));
    BOOST_TEST(!commit(mail::finish, frozen, State::shelved, "550 no", clock.now()));
    BOOST_TEST(state(id) == State::accepted);
    BOOST_TEST(entry(id).last_reply.value() == "250 ok");
}

BOOST_FIXTURE_TEST_CASE(the_newest_goes_first_and_the_longest_due_is_not_forgotten, Queue) {
    const auto failed = enqueue();
    BOOST_CHECK(commit(mail::put_back, take().value(), "451", clock.now()) == State::due);
    clock.advance(60);
    const auto old = enqueue();
    clock.advance(1);
    const auto middle = enqueue();
    const auto newest = enqueue();
    BOOST_TEST(take(Order::freshest)->id == newest);
    BOOST_TEST(take(Order::longest_due)->id == failed);
    BOOST_TEST(take(Order::longest_due)->id == old);
    BOOST_TEST(take(Order::freshest)->id == middle);
    BOOST_CHECK(!take(Order::freshest));
}

// After an outage: some were tried while it lasted, most never were.
BOOST_FIXTURE_TEST_CASE(ten_thousand_leave_in_the_order_of_freshness_and_none_is_forgotten, Queue) {
    constexpr int count = 10'000;
    constexpr int tried = 100;
    store::Transaction transaction(database);
    for (int i = 0; i < count; ++i) {
        clock.advance(i % 3 == 0 ? 1 : 0);
        mail::enqueue(
            transaction,
            {Kind::verify, mail_test::address("ann@example.org"), i + 1, clock.now() + base::day},
            clock.now());
    }
    for (int i = 0; i < tried; ++i) {
        const auto mail = mail::take(transaction, Order::freshest, clock.now()).value();
        BOOST_CHECK(mail::put_back(transaction, mail, "no relay", clock.now()) == State::due);
    }
    clock.advance(base::minute);

    std::int64_t freshest = count - tried + 1;
    std::set<std::int64_t> taken;
    for (int turn = 1; turn <= count; ++turn) {
        const auto order = turn % 4 == 0 ? Order::longest_due : Order::freshest;
        const auto mail = mail::take(transaction, order, clock.now()).value();
        taken.insert(mail.id);
        if (order == Order::longest_due || mail.attempts > 1) continue;
        if (mail.id >= freshest) BOOST_FAIL("mail " << mail.id << " after " << freshest);
        freshest = mail.id;
        BOOST_REQUIRE(mail::finish(transaction, mail, State::accepted, "250", clock.now()));
    }
    BOOST_TEST(taken.size() == static_cast<std::size_t>(count));
    BOOST_CHECK(!mail::take(transaction, Order::freshest, clock.now()));
}

BOOST_FIXTURE_TEST_CASE(without_fresh_mail_the_retries_have_every_turn, Queue) {
    const auto id = enqueue();
    BOOST_CHECK(commit(mail::put_back, take().value(), "451", clock.now()) == State::due);
    BOOST_CHECK(!take(Order::freshest));
    clock.advance(60);
    BOOST_TEST(take(Order::freshest)->id == id);
}

BOOST_AUTO_TEST_CASE(the_delays_grow_from_a_minute_to_an_hour) {
    for (int round = 0; round < 200; ++round) {
        base::Seconds shortest = 45;
        for (int attempt = 1; attempt <= 60; ++attempt) {
            const auto delay = mail::delay_after(attempt);
            BOOST_TEST(delay > shortest * 4 / 5);
            BOOST_TEST(delay <= base::hour);
            if (attempt == 1) BOOST_TEST(delay <= 60);
            if (attempt >= 7) BOOST_TEST(delay > base::hour / 2);
            shortest = std::max(shortest, delay);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(two_mails_that_fail_together_do_not_come_back_together, Queue) {
    std::set<base::Seconds> moments;
    for (int i = 0; i < 30; ++i) moments.insert(mail::delay_after(7));
    BOOST_TEST(moments.size() > 10U);
}

BOOST_FIXTURE_TEST_CASE(a_mail_whose_link_would_be_dead_at_the_next_attempt_expires, Queue) {
    const auto id = enqueue(Kind::reset_password, "ann@example.org", 1, 40);
    const auto result = commit(mail::put_back, take().value(), "451 greylisted", clock.now());
    BOOST_CHECK(result == State::expired);
    BOOST_TEST(state(id) == State::expired);
    BOOST_TEST(entry(id).last_reply.value() == "451 greylisted");
}

BOOST_FIXTURE_TEST_CASE(the_last_attempt_ends_on_the_shelf, Queue) {
    const auto id = enqueue(Kind::verify, "ann@example.org", 1, 90 * base::day);
    int attempts = 0;
    for (auto state = State::due; state == State::due; clock.advance(base::hour)) {
        const auto mail = take();
        BOOST_REQUIRE(mail);
        attempts = mail->attempts;
        state = commit(mail::put_back, *mail, "451 still not", clock.now()).value();
    }
    BOOST_TEST(attempts == mail::max_attempts);
    BOOST_TEST(state(id) == State::shelved);
    BOOST_CHECK(!take());
}

BOOST_FIXTURE_TEST_CASE(attempts_without_a_result_are_counted_apart, Queue) {
    enqueue();
    for (int died = 1; died <= 3; ++died, clock.advance(mail::lease_seconds)) {
        BOOST_TEST(take()->unanswered == died);
    }
    BOOST_CHECK(commit(mail::put_back, take().value(), "451", clock.now()) == State::due);
    clock.advance(base::hour);
    const auto next = take().value();
    BOOST_TEST(next.unanswered == 1);
    BOOST_TEST(next.attempts == 5);
}

BOOST_FIXTURE_TEST_CASE(a_row_that_cannot_be_read_is_shelved_and_holds_up_nobody, Queue) {
    static constexpr store::Query damage{
        "test.damage", "UPDATE outbox SET kind = 'of a newer version' WHERE id = $1", 1'000};
    const auto good = enqueue();
    const auto bad = enqueue();
    store::Transaction transaction(database);
    transaction.run(damage, bad);
    transaction.commit();
    BOOST_TEST(take()->id == good);
    BOOST_TEST(state(bad) == State::shelved);
    BOOST_CHECK(!take());
}

BOOST_FIXTURE_TEST_CASE(the_dead_expire_in_batches_and_one_in_flight_is_left_alone, Queue) {
    const auto in_flight = enqueue(Kind::reset_password, "ann@example.org", 1, 30);
    const auto held = take().value();
    const auto waiting = enqueue(Kind::reset_password, "ann@example.org", 2, 30);
    const auto other = enqueue(Kind::reset_password, "ann@example.org", 3, 30);
    const auto alive = enqueue();
    BOOST_TEST(!mail::has_dead(database, clock.now()));
    clock.advance(30);
    BOOST_TEST(mail::has_dead(database, clock.now()));
    BOOST_TEST(commit(mail::expire_dead, clock.now(), 1) == 1);
    BOOST_TEST(commit(mail::expire_dead, clock.now(), 100) == 1);
    BOOST_TEST(!mail::has_dead(database, clock.now()));
    BOOST_TEST(state(waiting) == State::expired);
    BOOST_TEST(state(other) == State::expired);
    BOOST_TEST(state(alive) == State::due);
    BOOST_TEST(state(in_flight) == State::due);
    BOOST_TEST(commit(mail::finish, held, State::accepted, "250", clock.now()));
}

BOOST_FIXTURE_TEST_CASE(a_dead_mail_is_never_taken, Queue) {
    enqueue(Kind::reset_password, "ann@example.org", 1, 30);
    clock.advance(30);
    BOOST_CHECK(!take(Order::freshest));
    BOOST_CHECK(!take(Order::longest_due));
}

BOOST_FIXTURE_TEST_CASE(nobody_waits_for_a_clock_that_was_set_back, Queue) {
    const auto id = enqueue();
    (void)take();
    BOOST_TEST(!mail::is_out_of_schedule(database, clock.now()));
    clock.advance(-base::day);
    BOOST_TEST(mail::is_out_of_schedule(database, clock.now()));
    store::Transaction transaction(database);
    mail::pull_in(transaction, clock.now());
    transaction.commit();
    BOOST_TEST(!mail::is_out_of_schedule(database, clock.now()));
    BOOST_TEST(take()->id == id);
}

BOOST_FIXTURE_TEST_CASE(finished_rows_are_deleted_after_a_while_and_in_batches, Queue) {
    for (int i = 0; i < 3; ++i) {
        enqueue();
        BOOST_TEST(commit(mail::finish, take().value(), State::accepted, "250", clock.now()));
    }
    const auto due = enqueue(Kind::verify, "ann@example.org", 1, 90 * base::day);
    clock.advance(mail::finished_kept);
    BOOST_TEST(commit(mail::purge_finished, clock.now(), 100) == 0);
    clock.advance(1);
    BOOST_TEST(commit(mail::purge_finished, clock.now(), 2) == 2);
    BOOST_TEST(commit(mail::purge_finished, clock.now(), 2) == 1);
    BOOST_TEST(state(due) == State::due);
}

BOOST_FIXTURE_TEST_CASE(the_visitor_is_told_of_the_newest_mail, Queue) {
    BOOST_CHECK(!mail::latest_for_subject(database, 9));
    enqueue(Kind::verify, "ann@example.org", 9);
    BOOST_TEST(commit(mail::finish, take().value(), State::shelved, "550", clock.now()));
    BOOST_CHECK(mail::latest_for_subject(database, 9)->state == State::shelved);
    clock.advance(60);
    enqueue(Kind::verify, "ann@example.org", 9);
    auto progress = mail::latest_for_subject(database, 9).value();
    BOOST_TEST(progress.state == State::due);
    BOOST_TEST(progress.attempts == 0);
    BOOST_TEST(!progress.being_tried);

    const auto mail = take().value();
    BOOST_TEST(mail::latest_for_subject(database, 9)->being_tried);
    BOOST_CHECK(commit(mail::put_back, mail, "451", clock.now()) == State::due);
    progress = mail::latest_for_subject(database, 9).value();
    BOOST_TEST(!progress.being_tried);
    BOOST_TEST(progress.next_try_at > clock.now());

    clock.advance(60);
    BOOST_TEST(commit(mail::finish, take().value(), State::accepted, "250", clock.now()));
    progress = mail::latest_for_subject(database, 9).value();
    BOOST_TEST(progress.state == State::accepted);
    BOOST_TEST(progress.finished_at == clock.now());
}

BOOST_AUTO_TEST_SUITE_END()
