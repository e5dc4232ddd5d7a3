#include "store/database.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <limits>

#include "store/checkpointer.h"
#include "store/scratch.h"

using scratch::add_word;
using scratch::rows_of;

BOOST_FIXTURE_TEST_SUITE(database_test, scratch::Fixture)

namespace {

bool is_busy(const store::Error& error) {
    return error.is_busy();
}
bool is_not_busy(const store::Error& error) {
    return !error.is_busy();
}

const store::Query find_word = scratch::query("SELECT id FROM entry WHERE word = $1");

}  // namespace

BOOST_AUTO_TEST_CASE(a_transaction_without_commit_leaves_nothing) {
    store::Database db(database);
    {
        store::Transaction transaction(db);
        transaction.run(scratch::add, 1, "lost");
        BOOST_TEST(rows_of(db) == 1);
    }
    BOOST_TEST(rows_of(db) == 0);
    add_word(db, "kept");
    BOOST_TEST(rows_of(db) == 1);
}

BOOST_AUTO_TEST_CASE(a_read_refuses_a_statement_that_writes) {
    store::Database db(database);
    BOOST_CHECK_EXCEPTION((void)db.read(scratch::append, "x"), store::Error, [](const auto& error) {
        return error.code() == SQLITE_READONLY && !error.is_busy();
    });
    BOOST_TEST(rows_of(db) == 0);
}

BOOST_AUTO_TEST_CASE(values_come_back_as_they_were_bound) {
    using namespace std::string_view_literals;
    store::Database db(database);
    store::Transaction transaction(db);
    transaction.run(scratch::add, 1, "a\0b"sv);
    transaction.run(scratch::add, 2, store::Blob{"\0\xff"sv});
    transaction.run(scratch::add, 3, std::numeric_limits<std::int64_t>::min());
    transaction.run(scratch::add, 4, nullptr);
    transaction.run(scratch::add, 5, std::optional<std::string>());
    transaction.run(scratch::add, 6, std::string_view());
    transaction.run(scratch::add, 7, store::Blob{});
    transaction.commit();

    auto rows = db.read(scratch::list);
    BOOST_TEST(rows.next());
    BOOST_TEST(rows.text(1) == "a\0b"sv);
    BOOST_TEST(rows.next());
    BOOST_TEST(rows.blob(1) == "\0\xff"sv);
    BOOST_TEST(rows.next());
    BOOST_TEST(rows.integer(1) == std::numeric_limits<std::int64_t>::min());
    BOOST_TEST((rows.optional_integer(1) == std::numeric_limits<std::int64_t>::min()));
    for (int i = 4; i <= 5; ++i) {
        BOOST_TEST(rows.next());
        BOOST_TEST(rows.is_null(1));
        BOOST_TEST(!rows.optional_text(1).has_value());
        BOOST_TEST(!rows.optional_integer(1).has_value());
    }
    for (int i = 6; i <= 7; ++i) {
        BOOST_TEST(rows.next());
        BOOST_TEST(!rows.is_null(1));
        BOOST_TEST(rows.text(1).empty());
    }
    BOOST_TEST(!rows.next());
    BOOST_TEST(!rows.next());  // and does not begin again
}

BOOST_AUTO_TEST_CASE(what_is_nothing_reads_as_empty_and_as_zero) {
    store::Database db(database);
    BOOST_TEST(db.read(scratch::find, 1).first_integer() == 0);
    store::Transaction transaction(db);
    transaction.run(scratch::add, 1, nullptr);
    BOOST_TEST(db.read(scratch::find, 1).first_integer() == 0);
    auto rows = db.read(scratch::find, 1);
    BOOST_TEST(rows.next());
    BOOST_TEST(rows.text(0).empty());
    BOOST_TEST(rows.blob(0).empty());
}

BOOST_AUTO_TEST_CASE(a_view_stays_what_it_was_when_its_first_read_began) {
    store::Database reader(database);
    store::Database writer(database);
    {
        const store::View view(reader);
        add_word(writer, "before the first read");
        BOOST_TEST(rows_of(reader) == 1);
        add_word(writer, "after it");
        BOOST_TEST(rows_of(reader) == 1);
        BOOST_CHECK_THROW(store::Transaction{reader}, std::logic_error);
        BOOST_CHECK_THROW(store::View{reader}, std::logic_error);
    }
    BOOST_TEST(rows_of(reader) == 2);
    add_word(reader, "its own");
    const store::View next(reader);
    BOOST_TEST(rows_of(reader) == 3);
}

BOOST_AUTO_TEST_CASE(a_view_refuses_a_statement_that_writes) {
    store::Database db(database);
    const store::View view(db);
    BOOST_CHECK_THROW((void)db.read(scratch::append, "x"), store::Error);
    BOOST_TEST(rows_of(db) == 0);
}

BOOST_AUTO_TEST_CASE(runs_are_counted_for_what_ships_and_for_nothing_else) {
    store::Database db(database);
    const auto begun = store::times_run(store::statements::begin);
    add_word(db, "x");
    BOOST_TEST(store::times_run(store::statements::begin) == begun + 1);
    BOOST_TEST(store::times_run(scratch::append) == 0U);
}

BOOST_AUTO_TEST_CASE(values_belong_to_their_number_wherever_it_stands) {
    static const auto swapped = scratch::query("INSERT INTO entry (word, id) VALUES ($2, $1)");
    static const auto twice = scratch::query("SELECT $2 || $1 || $2");
    store::Database db(database);
    store::Transaction transaction(db);
    transaction.run(swapped, 7, "seven");
    auto rows = transaction.query(twice, "a", "b");
    BOOST_TEST(rows.next());
    BOOST_TEST(rows.text(0) == "bab");
    auto found = transaction.query(scratch::find, 7);
    BOOST_TEST(found.next());
    BOOST_TEST(found.text(0) == "seven");
}

BOOST_AUTO_TEST_CASE(a_value_may_go_before_its_rows_are_read) {
    store::Database db(database);
    const std::string word(1'000, 'w');
    add_word(db, word);
    auto rows = db.read(find_word, std::string(word));
    BOOST_TEST(rows.next());
}

BOOST_AUTO_TEST_CASE(values_that_do_not_fit_are_an_error_and_leave_no_trace) {
    store::Database db(database);
    BOOST_CHECK_THROW((void)db.read(scratch::find), store::Error);
    BOOST_CHECK_THROW((void)db.read(scratch::find, 1, 2), store::Error);
    auto rows = db.read(scratch::find, 1);
    BOOST_TEST(!rows.next());
}

BOOST_AUTO_TEST_CASE(an_error_names_the_query_and_no_value) {
    store::Database db(database);
    store::Transaction transaction(db);
    transaction.run(scratch::add, 1, "secret");
    BOOST_CHECK_EXCEPTION(
        transaction.run(scratch::add, 1, "secret"), store::Error, [](const store::Error& error) {
            const std::string_view what = error.what();
            return error.code() == SQLITE_CONSTRAINT_PRIMARYKEY &&
                   what.starts_with("scratch.query: ") && what.find("secret") == what.npos;
        });
    transaction.run(scratch::add, 2, "after the error");
    transaction.commit();
    BOOST_TEST(rows_of(db) == 2);
}

BOOST_AUTO_TEST_CASE(a_statement_that_does_not_compile_is_an_error) {
    static const auto broken = scratch::query("SELECT nothing FROM nowhere");
    static const auto two = scratch::query("SELECT 1; SELECT 2");
    store::Database db(database);
    BOOST_CHECK_EXCEPTION((void)db.read(broken), store::Error, is_not_busy);
    BOOST_CHECK_EXCEPTION((void)db.read(broken), store::Error, is_not_busy);
    BOOST_CHECK_THROW((void)db.read(two), std::logic_error);
    BOOST_TEST(rows_of(db) == 0);
}

BOOST_AUTO_TEST_CASE(run_gives_the_number_of_changed_rows) {
    static const auto change = scratch::query("UPDATE entry SET word = $1 WHERE id > $2");
    static const auto maybe =
        scratch::query("INSERT INTO entry (id, word) VALUES ($1, 'x') ON CONFLICT DO NOTHING");
    store::Database db(database);
    store::Transaction transaction(db);
    for (int id = 1; id <= 3; ++id) BOOST_TEST(transaction.run(scratch::add, id, "x") == 1);
    BOOST_TEST(transaction.run(change, "y", 1) == 2);
    BOOST_TEST(transaction.run(change, "y", 9) == 0);
    BOOST_TEST(transaction.run(maybe, 3) == 0);
    BOOST_TEST(transaction.run(change, "z", 0) == 3);
    BOOST_TEST(transaction.run(scratch::list) == 0);
}

BOOST_AUTO_TEST_CASE(returned_rows_can_be_read_and_committed) {
    static const auto take = scratch::query("UPDATE entry SET word = 'taken' RETURNING id");
    store::Database db(database);
    add_word(db, "a");
    store::Transaction transaction(db);
    {
        auto rows = transaction.query(take);
        BOOST_TEST(rows.next());
        BOOST_TEST(rows.integer(0) == 1);
    }
    transaction.commit();
    auto rows = db.read(scratch::find, 1);
    BOOST_TEST(rows.next());
    BOOST_TEST(rows.text(0) == "taken");
}

BOOST_AUTO_TEST_CASE(wrong_use_is_told_every_time_and_does_not_depend_on_chance) {
    store::Database db(database);
    add_word(db, "a");
    {
        auto rows = db.read(scratch::list);
        BOOST_CHECK_THROW(store::Transaction{db}, std::logic_error);
        BOOST_TEST(rows.next());
        BOOST_CHECK_THROW((void)db.read(scratch::list), std::logic_error);
        auto moved = std::move(rows);
        BOOST_TEST(moved.integer(0) == 1);
    }
    store::Transaction transaction(db);
    BOOST_CHECK_THROW(store::Transaction{db}, std::logic_error);
    transaction.commit();
    BOOST_CHECK_THROW(transaction.run(scratch::append, "x"), std::logic_error);
    BOOST_CHECK_THROW(transaction.commit(), std::logic_error);
    add_word(db, "b");
    BOOST_TEST(rows_of(db) == 2);
}

BOOST_AUTO_TEST_CASE(data_version_moves_when_another_has_committed) {
    store::Database mine(database);
    store::Database other(database);
    const auto before = mine.data_version();
    BOOST_TEST(mine.data_version() == before);
    add_word(other, "x");
    BOOST_TEST(mine.data_version() != before);
    const auto after = mine.data_version();
    {
        store::Transaction transaction(other);
        transaction.run(scratch::append, "rolled back");
    }
    BOOST_TEST(mine.data_version() == after);
}

BOOST_AUTO_TEST_CASE(a_kept_statement_survives_a_change_of_the_schema) {
    static const auto widen = scratch::query("ALTER TABLE entry ADD COLUMN more TEXT");
    static const auto drop = scratch::query("ALTER TABLE entry DROP COLUMN word");
    store::Database older(database);
    store::Database newer(database);
    add_word(older, "x");
    BOOST_TEST(rows_of(older) == 1);
    const auto change = [&newer](const store::Query& query) {
        store::Transaction transaction(newer);
        transaction.run(query);
        transaction.commit();
    };
    change(widen);
    add_word(older, "y");
    BOOST_TEST(rows_of(older) == 2);
    change(drop);
    BOOST_CHECK_EXCEPTION(add_word(older, "z"), store::Error, is_not_busy);
    BOOST_TEST(rows_of(older) == 2);
}

BOOST_AUTO_TEST_CASE(the_files_are_private_whatever_the_umask) {
    for (const mode_t mask : {mode_t{0}, mode_t{0777}}) {
        const auto file = directory.path() / ("umask" + std::to_string(mask));
        const mode_t before = umask(mask);
        scratch::make_table(file);
        umask(before);
        for (const char* suffix : {"", "-wal", "-shm", "-gate"}) {
            struct stat status {};
            BOOST_TEST(stat((file.string() + suffix).c_str(), &status) == 0);
            BOOST_TEST((status.st_mode & 07777) == 0600u, file << suffix << status.st_mode);
        }
    }
}

BOOST_AUTO_TEST_CASE(two_names_of_one_file_share_the_gate) {
    const auto link = directory.path() / "link.db";
    std::filesystem::create_symlink(database, link);
    store::Database db(database);
    store::Database same(link, {.gate_timeout_ms = 10});
    const store::Transaction transaction(db);
    BOOST_CHECK_EXCEPTION(store::Transaction{same}, store::Error, is_busy);
}

BOOST_AUTO_TEST_CASE(foreign_keys_hold_and_double_quotes_are_no_texts) {
    static const auto child =
        scratch::query("CREATE TABLE child (entry_id INTEGER REFERENCES entry (id)) STRICT");
    static const auto orphan = scratch::query("INSERT INTO child (entry_id) VALUES (77)");
    static const auto quoted = scratch::query("SELECT \"text\"");
    store::Database db(database);
    store::Transaction transaction(db);
    transaction.run(child);
    BOOST_CHECK_THROW(transaction.run(orphan), store::Error);
    BOOST_CHECK_THROW((void)db.read(quoted), store::Error);
}

BOOST_AUTO_TEST_CASE(what_was_deleted_is_not_in_the_database_file) {
    static const auto forget = scratch::query("DELETE FROM entry");
    store::Database db(database);
    const auto file_holds_it = [&] {
        BOOST_TEST(store::Checkpointer(db).run(1));
        std::ifstream in(database, std::ios::binary);
        const std::string bytes(std::istreambuf_iterator<char>(in), {});
        return bytes.find("a needle in the hay") != bytes.npos;
    };
    add_word(db, "a needle in the hay");
    BOOST_TEST(file_holds_it());
    store::Transaction transaction(db);
    transaction.run(forget);
    transaction.commit();
    BOOST_TEST(!file_holds_it());
}

BOOST_AUTO_TEST_CASE(what_was_committed_is_synchronous) {
    static const auto synchronous = scratch::query("PRAGMA synchronous");
    store::Database db(database);
    auto rows = db.read(synchronous);
    BOOST_TEST(rows.next());
    BOOST_TEST(rows.integer(0) == 2);  // FULL
}

BOOST_AUTO_TEST_CASE(a_missing_directory_is_an_error) {
    BOOST_CHECK_EXCEPTION(store::Database(directory.path() / "none" / "x.db"), store::Error,
                          is_not_busy);
    BOOST_CHECK_EXCEPTION(store::Database{directory.path()}, store::Error, is_not_busy);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_database_is_an_error_and_stays_as_it_is) {
    const auto text = directory.path() / "text.db";
    const std::string content(8'192, 'x');
    std::ofstream(text) << content;
    BOOST_CHECK_EXCEPTION(store::Database{text}, store::Error, [](const store::Error& error) {
        return error.code() == SQLITE_NOTADB && !error.is_busy();
    });
    std::ifstream in(text);
    BOOST_TEST(std::string(std::istreambuf_iterator<char>(in), {}) == content);
}

BOOST_AUTO_TEST_CASE(damage_within_a_file_is_an_error_and_not_an_answer) {
    {
        store::Database db(database);
        store::Transaction transaction(db);
        for (int i = 0; i < 1'000; ++i) transaction.run(scratch::append, std::string(100, 'x'));
        transaction.commit();
        BOOST_TEST(store::Checkpointer(db).run(1));
    }
    for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(database.string() + suffix);
    {
        std::fstream file(database, std::ios::in | std::ios::out | std::ios::binary);
        for (int page = 1; page < 10; ++page) {
            file.seekp(page * 4'096);
            file << std::string(64, '\xff');
        }
    }
    store::Database db(database);
    BOOST_CHECK_EXCEPTION(rows_of(db), store::Error, [](const store::Error& error) {
        return (error.code() & 0xff) == SQLITE_CORRUPT && !error.is_busy();
    });
}

BOOST_AUTO_TEST_SUITE_END()
