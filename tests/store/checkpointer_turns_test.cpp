// A checkpoint that meets others: who reads, who was faster, who took the file away.
#include <sqlite3.h>

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <thread>

#include "store/checkpointer.h"
#include "store/scratch.h"
#include "store/write_gate.h"

using scratch::add_word;
using scratch::rows_of;

BOOST_FIXTURE_TEST_SUITE(checkpointer_turns_test, scratch::Fixture)

namespace {

constexpr std::int64_t anything = 1;  // a log of more bytes is cut

std::uintmax_t log_of(const std::filesystem::path& database) {
    return std::filesystem::file_size(database.string() + "-wal");
}

// Past the store, so that the test holds the gate and needs no second one.
void cut_log_of(const std::filesystem::path& database) {
    sqlite3* other = nullptr;
    BOOST_REQUIRE(sqlite3_open(database.c_str(), &other) == SQLITE_OK);
    BOOST_TEST(sqlite3_exec(other, "SELECT 1 FROM entry; PRAGMA wal_checkpoint(TRUNCATE)", nullptr,
                            nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(other);
    BOOST_TEST(log_of(database) == 0U);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_reader_that_stays_keeps_a_large_log_from_being_cut_and_is_no_failure) {
    store::Database db(database);
    store::Checkpointer strict(db, anything);
    add_word(db, "a");
    store::Database reader(database);
    {
        auto rows = reader.read(scratch::list);
        BOOST_TEST(rows.next());
        BOOST_TEST(!strict.run(1));
        BOOST_TEST(log_of(database) > 0U);
    }
    BOOST_TEST(strict.run(1));
    BOOST_TEST(log_of(database) == 0U);
    BOOST_TEST(rows_of(db) == 1);
}

BOOST_AUTO_TEST_CASE(what_somebody_else_did_meanwhile_is_not_done_again) {
    store::Database db(database);
    add_word(db, "a");
    store::WriteGate gate(database);
    gate.enter(0);
    bool did_something = true;
    std::thread late([&] {
        store::Database own(database);
        did_something = store::Checkpointer(own).run(1);
    });
    // It has seen pages in the log as soon as it waits at the gate.
    while (!scratch::somebody_waits_at_the_gate_of(database)) std::this_thread::yield();
    cut_log_of(database);
    gate.leave();
    late.join();
    BOOST_TEST(!did_something);
    BOOST_TEST(rows_of(db) == 1);
}

BOOST_AUTO_TEST_CASE(a_log_that_ends_within_its_header_holds_nothing) {
    const auto fresh = directory.path() / "fresh.db";
    store::Database db(fresh);
    for (const std::size_t size : {0, 10, 20}) {
        std::ofstream(fresh.string() + "-wal", std::ios::trunc) << std::string(size, 'x');
        BOOST_TEST(!store::Checkpointer(db).run(1));
    }
}

BOOST_AUTO_TEST_CASE(a_database_that_was_taken_away_was_not_checkpointed) {
    store::Database db(database);
    store::Checkpointer checkpointer(db);
    BOOST_TEST(checkpointer.was_done_within(std::chrono::hours(1)));
    std::filesystem::rename(database, directory.path() / "elsewhere.db");
    BOOST_TEST(!checkpointer.was_done_within(std::chrono::hours(1)));
}

BOOST_AUTO_TEST_SUITE_END()
