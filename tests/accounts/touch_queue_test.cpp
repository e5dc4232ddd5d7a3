#include "accounts/touch_queue.h"

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <thread>

#include "sql.h"
#include "tests/accounts/world.h"

using world::World;

namespace {

const auto last_seen = world::query("SELECT max(last_seen_at) FROM session");
const auto seen_last = world::query(
    "SELECT count(*) FROM session WHERE last_seen_at = (SELECT max(last_seen_at) FROM session)");
const auto jam = world::query(
    "CREATE TRIGGER jam BEFORE UPDATE ON session WHEN NEW.key = (SELECT max(key) FROM session) "
    "BEGIN SELECT RAISE(ABORT, 'jammed'); END");
const auto unjam = world::query("DROP TRIGGER jam");

base::Hash numbered(std::uint32_t number) {
    base::Hash key{};
    std::memcpy(key.data(), &number, sizeof number);
    return key;
}

struct Signed : World {
    accounts::Account ada = add();
    base::Hash key = open(ada).signed_in.session.key;
    base::Seconds start = clock.now();
};

}  // namespace

BOOST_AUTO_TEST_SUITE(touch_queue_test)

BOOST_FIXTURE_TEST_CASE(nothing_noted_is_nothing_written, Signed) {
    const auto version = database.data_version();
    const auto before = store::times_run(sql::session::touch);
    touches.flush(database);
    BOOST_TEST(database.data_version() == version);
    BOOST_TEST(store::times_run(sql::session::touch) == before);
}

BOOST_FIXTURE_TEST_CASE(time_does_not_run_backwards, Signed) {
    touches.note(key, start + 900);
    touches.note(key, start + 600);
    touches.flush(database);
    BOOST_TEST(ask(last_seen) == start + 900);
    touches.note(key, start + 300);
    touches.flush(database);
    BOOST_TEST(ask(last_seen) == start + 900);
}

BOOST_FIXTURE_TEST_CASE(a_session_that_ended_meanwhile_does_not_come_back, Signed) {
    touches.note(key, start + 900);
    accounts::end_all_sessions(domain, ada.id);
    touches.flush(database);
    BOOST_TEST(accounts::list_sessions(domain, ada.id).empty());
}

BOOST_FIXTURE_TEST_CASE(what_could_not_be_written_is_kept_for_the_next_try, Signed) {
    touches.note(key, start + 900);
    store::Database impatient(file, {.busy_timeout_ms = 10, .gate_timeout_ms = 10});
    {
        store::Transaction other(database);
        BOOST_CHECK_THROW(touches.flush(impatient), store::Error);
    }
    BOOST_TEST(ask(last_seen) == start);
    touches.flush(impatient);
    BOOST_TEST(ask(last_seen) == start + 900);
}

BOOST_FIXTURE_TEST_CASE(a_failure_half_way_keeps_the_rest_alone, Signed) {
    std::vector<base::Hash> keys_noted{key};
    {
        store::Transaction transaction(database);
        while (keys_noted.size() < 1'200) {
            keys_noted.push_back(
                accounts::start_session(transaction, domain, ada, false, world::device)
                    .signed_in.session.key);
        }
        transaction.commit();
    }
    tell(jam);
    for (const base::Hash& one : keys_noted) touches.note(one, start + 900);
    BOOST_CHECK_THROW(touches.flush(database), store::Error);
    BOOST_TEST(ask(seen_last) == 1'000);  // two whole batches
    tell(unjam);
    const auto before = store::times_run(sql::session::touch);
    touches.flush(database);
    BOOST_TEST(store::times_run(sql::session::touch) - before == 200U);
    BOOST_TEST(ask(seen_last) == 1'200);
}

BOOST_FIXTURE_TEST_CASE(one_session_takes_one_place_however_busy_it_is, Signed) {
    for (std::size_t i = 0; i <= accounts::TouchQueue::capacity; ++i)
        touches.note(key, start + 900);
    const auto before = store::times_run(sql::session::touch);
    touches.flush(database);
    BOOST_TEST(store::times_run(sql::session::touch) - before == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_full_queue_forgets_and_takes_notes_again_after_a_flush, Signed) {
    for (std::uint32_t i = 0; i < accounts::TouchQueue::capacity; ++i) {
        touches.note(numbered(i), start);
    }
    touches.note(key, start + 900);
    touches.flush(database);
    BOOST_TEST(ask(last_seen) == start);
    touches.note(key, start + 900);
    touches.flush(database);
    BOOST_TEST(ask(last_seen) == start + 900);
}

BOOST_FIXTURE_TEST_CASE(threads_note_while_the_keeper_writes, Signed) {
    std::atomic<bool> is_done = false;
    std::jthread keeper([&] {
        store::Database own(file);
        while (!is_done) touches.flush(own);
        touches.flush(own);
    });
    {
        std::vector<std::jthread> noters;
        for (int i = 0; i < 4; ++i) {
            noters.emplace_back([&] {
                for (int use = 1; use <= 2'000; ++use) touches.note(key, start + use);
            });
        }
    }
    is_done = true;
    keeper.join();
    BOOST_TEST(ask(last_seen) == start + 2'000);
}

BOOST_AUTO_TEST_SUITE_END()
