#include "store/checkpointer.h"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>

#include "store/scratch.h"

using scratch::add_word;
using scratch::rows_of;

namespace {

struct Fixture : scratch::Fixture {
    store::Database db{database};
    store::Checkpointer checkpointer{db};

    [[nodiscard]] std::uintmax_t size_of(const char* suffix) const {
        return std::filesystem::file_size(database.string() + suffix);
    }
    void add_bytes(std::size_t bytes) {
        store::Transaction transaction(db);
        transaction.run(scratch::append, store::Blob{std::string(bytes, 'x')});
        transaction.commit();
    }
};

constexpr std::size_t mebibyte = 1 << 20;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(checkpointer_test, Fixture)

BOOST_AUTO_TEST_CASE(few_pages_are_left_in_the_log) {
    add_word(db, "x");
    const auto before = size_of("");
    BOOST_TEST(!checkpointer.run());
    BOOST_TEST(size_of("") == before);
}

BOOST_AUTO_TEST_CASE(many_pages_move_into_the_file_and_are_counted_anew) {
    add_bytes(5 * mebibyte);
    BOOST_TEST(size_of("") < mebibyte);
    BOOST_TEST(checkpointer.run());
    BOOST_TEST(size_of("") > 5 * mebibyte);
    add_word(db, "the log begins again, in a file that keeps its size");
    BOOST_TEST(size_of("-wal") > 5 * mebibyte);
    BOOST_TEST(!checkpointer.run());
    BOOST_TEST(checkpointer.run(1));
    BOOST_TEST(rows_of(db) == 2);
}

BOOST_AUTO_TEST_CASE(an_empty_log_is_nothing_to_do) {
    const auto fresh = directory.path() / "fresh.db";
    store::Database empty(fresh);
    BOOST_TEST(!store::Checkpointer(empty).run(0));
    BOOST_TEST(!store::Checkpointer(empty).run(1));
}

BOOST_AUTO_TEST_CASE(a_log_that_grew_too_large_is_cut) {
    store::Checkpointer strict(db, 8 * mebibyte);
    add_bytes(5 * mebibyte);
    BOOST_TEST(strict.run());
    BOOST_TEST(size_of("-wal") > 5 * mebibyte);
    add_bytes(10 * mebibyte);
    BOOST_TEST(strict.run());
    BOOST_TEST(size_of("-wal") == 0u);
    BOOST_TEST(rows_of(db) == 2);
}

BOOST_AUTO_TEST_CASE(everybody_sees_when_it_was_done) {
    add_word(db, "a");
    const auto past = std::filesystem::file_time_type::clock::now() - std::chrono::seconds(5);
    std::filesystem::last_write_time(database, past);
    BOOST_TEST(!checkpointer.was_done_within(std::chrono::seconds(4)));
    BOOST_TEST(checkpointer.was_done_within(std::chrono::hours(1)));
    add_word(db, "a commit is no checkpoint");
    BOOST_TEST(!checkpointer.was_done_within(std::chrono::seconds(4)));
    BOOST_TEST(checkpointer.run(1));
    store::Database other(database);
    BOOST_TEST(store::Checkpointer(other).was_done_within(std::chrono::seconds(4)));
    std::filesystem::last_write_time(database, past + std::chrono::hours(1));
    BOOST_TEST(!checkpointer.was_done_within(std::chrono::hours(2)));
}

BOOST_AUTO_TEST_CASE(a_reader_is_neither_disturbed_nor_waited_for) {
    add_word(db, "a");
    add_word(db, "b");
    store::Database reader(database);
    auto rows = reader.read(scratch::list);
    BOOST_TEST(rows.next());
    add_word(db, "c");
    BOOST_TEST(checkpointer.run(1));
    add_word(db, "d");
    BOOST_TEST(checkpointer.run(1));
    BOOST_TEST(rows.next());
    BOOST_TEST(rows.text(1) == "b");
    BOOST_TEST(!rows.next());
}

BOOST_AUTO_TEST_CASE(it_waits_at_the_gate) {
    add_word(db, "a");
    store::Database writer(database);
    store::Database hurried(database, {.gate_timeout_ms = 10});
    const store::Transaction transaction(writer);
    BOOST_CHECK_EXCEPTION((void)store::Checkpointer(hurried).run(1), store::Error,
                          [](const store::Error& error) { return error.is_busy(); });
}

BOOST_AUTO_TEST_CASE(nobody_else_checkpoints) {
    const auto before = size_of("");
    add_bytes(8 * mebibyte);
    { const store::Database opened_and_closed(database); }
    BOOST_TEST(size_of("") == before);
    BOOST_TEST(size_of("-wal") > 8 * mebibyte);
}

BOOST_AUTO_TEST_CASE(within_a_transaction_it_is_wrong_use) {
    add_word(db, "a");
    const store::Transaction transaction(db);
    BOOST_CHECK_THROW((void)checkpointer.run(1), std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()
