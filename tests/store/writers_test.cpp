// Several processes on one file, as the workers of a pool.
#include <sqlite3.h>

#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

#include "store/checkpointer.h"
#include "store/scratch.h"
#include "support/child_process.h"

using scratch::rows_of;
using support::ChildProcess;

BOOST_FIXTURE_TEST_SUITE(writers_test, scratch::Fixture)

namespace {

constexpr int writers = 4;
constexpr int together = 800;  // transactions of all

// All begin together, however long each needs to be there.
struct Start {
    void ready() {
        here.give();
        go.await();
    }
    void when_all_are_ready() {
        for (int i = 0; i < writers; ++i) here.await();
        for (int i = 0; i < writers; ++i) go.give();
    }
    support::Baton here;
    support::Baton go;
};

// Adds words until all together are enough. Gives how many.
int write_until_enough(const std::filesystem::path& file, Start& start) {
    store::Database db(file);
    start.ready();
    for (int mine = 0;; ++mine) {
        store::Transaction transaction(db);
        if (rows_of(db) >= together) return mine;
        transaction.run(scratch::append, mine);
        transaction.commit();
    }
}

int checkpoint_until_enough(const std::filesystem::path& file) {
    store::Database db(file);
    int checkpoints = 0;
    while (rows_of(db) < together)
        if (store::Checkpointer(db).run(1)) ++checkpoints;
    return checkpoints > 0 ? 0 : 1;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_process_gets_its_share_and_nothing_is_lost) {
    Start start;
    std::vector<ChildProcess> processes;
    for (int i = 0; i < writers; ++i)
        processes.emplace_back(
            [&] { return write_until_enough(database, start) * 100 / together; });
    start.when_all_are_ready();
    int shares = 0;  // percent, rounded down
    for (auto& process : processes) {
        const int share = process.wait();
        BOOST_TEST(share >= 100 / writers / 2);
        shares += share;
    }
    BOOST_TEST(shares > 100 - writers);
    store::Database db(database);
    BOOST_TEST(rows_of(db) == together);
    BOOST_TEST(scratch::is_whole(db));
}

BOOST_AUTO_TEST_CASE(every_thread_gets_its_share) {
    Start start;
    std::vector<int> shares(writers);
    std::vector<std::thread> threads;
    for (int& share : shares)
        threads.emplace_back([&] { share = write_until_enough(database, start); });
    start.when_all_are_ready();
    for (auto& thread : threads) thread.join();
    for (const int share : shares) BOOST_TEST(share >= together / writers / 2);
}

BOOST_AUTO_TEST_CASE(checkpoints_beside_writers_lose_nothing) {
    Start start;
    std::vector<ChildProcess> processes;
    for (int i = 0; i < 2; ++i)
        processes.emplace_back([this] { return checkpoint_until_enough(database); });
    for (int i = 0; i < writers; ++i)
        processes.emplace_back([&] { return write_until_enough(database, start) > 0 ? 0 : 1; });
    start.when_all_are_ready();
    for (auto& process : processes) BOOST_TEST(process.wait() == 0);
    store::Database db(database);
    BOOST_TEST(rows_of(db) == together);
    BOOST_TEST(scratch::is_whole(db));
}

BOOST_AUTO_TEST_CASE(reads_beside_writers_see_whole_transactions_only) {
    static const auto pair = scratch::query("INSERT INTO entry (word) VALUES ($1), ($1)");
    ChildProcess writer([this] {
        store::Database db(database);
        store::Checkpointer checkpointer(db);
        for (int i = 0; i < 200; ++i) {
            store::Transaction transaction(db);
            transaction.run(pair, i);
            transaction.commit();
            if (i % 20 == 0) (void)checkpointer.run(1);
        }
        return 0;
    });
    store::Database db(database);
    std::int64_t seen = 0;
    while (seen < 400) {
        const auto now = rows_of(db);
        BOOST_REQUIRE(now % 2 == 0);
        BOOST_REQUIRE(now >= seen);
        seen = now;
    }
    BOOST_TEST(writer.wait() == 0);
}

BOOST_AUTO_TEST_CASE(a_killed_writer_leaves_whole_transactions_and_a_free_way) {
    support::Baton writing;
    ChildProcess writer([&] {
        store::Database db(database);
        for (int i = 0;; ++i) {
            store::Transaction transaction(db);
            transaction.run(scratch::append, "one");
            if (i == 20) writing.give();
            transaction.run(scratch::append, "two");
            transaction.commit();
        }
        return 0;
    });
    writing.await();
    writer.send(SIGKILL);
    BOOST_TEST(writer.wait() == 128 + SIGKILL);
    store::Database db(database);
    BOOST_TEST(rows_of(db) >= 40);
    BOOST_TEST(rows_of(db) % 2 == 0);
    scratch::add_word(db, "next");
    BOOST_TEST(scratch::is_whole(db));
}

// All find the log of a pool that was killed, and one of them has to recover it.
BOOST_AUTO_TEST_CASE(a_pool_that_was_killed_starts_again_all_at_once) {
    ChildProcess crashed([this] {
        store::Database db(database);
        for (int i = 0; i < 50; ++i) scratch::add_word(db, "x");
        kill(getpid(), SIGKILL);
        return 0;
    });
    BOOST_TEST(crashed.wait() == 128 + SIGKILL);
    std::vector<ChildProcess> processes;
    for (int i = 0; i < 8; ++i)
        processes.emplace_back([this] {
            store::Database db(database);
            const bool complete = rows_of(db) >= 50;
            scratch::add_word(db, "y");
            return complete ? 0 : 1;
        });
    for (auto& process : processes) BOOST_TEST(process.wait() == 0);
    store::Database db(database);
    BOOST_TEST(rows_of(db) == 58);
}

BOOST_AUTO_TEST_CASE(many_may_create_the_file_at_once) {
    const auto fresh = directory.path() / "fresh.db";
    std::vector<ChildProcess> processes;
    for (int i = 0; i < 8; ++i)
        processes.emplace_back([&fresh] {
            const store::Database db(fresh);
            return 0;
        });
    for (auto& process : processes) BOOST_TEST(process.wait() == 0);
}

BOOST_AUTO_TEST_CASE(a_lock_taken_past_the_gate_is_busy_and_passes) {
    sqlite3* stranger = nullptr;
    BOOST_TEST(sqlite3_open(database.c_str(), &stranger) == SQLITE_OK);
    BOOST_TEST(sqlite3_exec(stranger, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
    store::Database db(database, {.busy_timeout_ms = 20});
    BOOST_CHECK_EXCEPTION(scratch::add_word(db, "x"), store::Error,
                          [](const store::Error& error) { return error.is_busy(); });
    BOOST_TEST(rows_of(db) == 0);
    BOOST_TEST(sqlite3_exec(stranger, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK);
    scratch::add_word(db, "y");
    BOOST_TEST(rows_of(db) == 1);
    sqlite3_close(stranger);
}

BOOST_AUTO_TEST_SUITE_END()
