#include "store/backup.h"

#include <sys/stat.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <thread>

#include "store/migrations.h"
#include "store/scratch.h"
#include "support/child_process.h"

namespace {

struct Migrated : scratch::Files {
    Migrated() {
        store::migrate(database);
        store::Database open(database);
        store::Transaction transaction(open);
        transaction.run(scratch::make);
        transaction.commit();
    }
    std::filesystem::path copy = directory.path() / "copy.db";
    std::filesystem::path kept = directory.path() / "kept.db";
};

std::int64_t rows_in(const std::filesystem::path& file) {
    store::Database database(file);
    return scratch::rows_of(database);
}

void damage(const std::filesystem::path& file) {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(4'096 + 5);
    bytes.write("\xff\xff\xff\xff", 4);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(backup_test, Migrated)

BOOST_AUTO_TEST_CASE(what_is_no_whole_database_of_ours_is_refused_in_words) {
    BOOST_TEST(*store::flaw_of_copy(copy) == "is no file");
    std::ofstream(copy) << "a letter to somebody, longer than a header of SQLite could ever be, "
                           "so that it is read as one: and it is none";
    BOOST_TEST(store::flaw_of_copy(copy)->starts_with("cannot be read: "));
    std::ofstream(copy, std::ios::trunc).flush();
    BOOST_TEST(*store::flaw_of_copy(copy) == "is no database of Postern");
    std::filesystem::remove(copy);
    store::copy_database(database, copy);
    damage(copy);
    BOOST_TEST(store::flaw_of_copy(copy).has_value());
}

BOOST_AUTO_TEST_CASE(a_newer_schema_is_refused) {
    {
        store::Database open(database);
        store::Transaction transaction(open);
        transaction.run(scratch::query("PRAGMA user_version = 9999"));
        transaction.commit();
    }
    BOOST_CHECK_THROW(store::copy_database(database, copy), store::Error);
    BOOST_TEST(!std::filesystem::exists(copy));
}

BOOST_AUTO_TEST_CASE(nothing_is_overwritten_and_nothing_is_made_of_nothing) {
    std::ofstream(copy) << "precious";
    BOOST_CHECK_THROW(store::copy_database(database, copy), store::Error);
    BOOST_TEST(std::filesystem::file_size(copy) == 8U);
    BOOST_CHECK_THROW(store::copy_database(directory.path() / "none", kept), store::Error);
    BOOST_TEST(!std::filesystem::exists(directory.path() / "none"));
    BOOST_TEST(!std::filesystem::exists(kept));
}

BOOST_AUTO_TEST_CASE(a_copy_is_one_private_file_and_stays_one_when_checked) {
    store::copy_database(database, copy);
    BOOST_TEST(!store::flaw_of_copy(copy).has_value());
    struct stat status {};
    BOOST_REQUIRE(stat(copy.c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 0777) == 0600U);
    for (const char* companion : {"-wal", "-shm", "-gate", "-journal", ".part"})
        BOOST_TEST(!std::filesystem::exists(copy.string() + companion), companion);
}

// Each transaction writes two rows: a copy with an odd number was not made at one moment.
BOOST_AUTO_TEST_CASE(a_copy_made_in_the_midst_of_writing_is_of_one_moment) {
    std::atomic<bool> enough = false;
    std::jthread writer([&] {
        store::Database open(database);
        while (!enough) {
            store::Transaction transaction(open);
            transaction.run(scratch::append, "one");
            transaction.run(scratch::append, "other");
            transaction.commit();
        }
    });
    std::int64_t before = 0;
    for (int turn = 0; turn < 10; ++turn) {
        const auto file = directory.path() / ("copy" + std::to_string(turn));
        store::copy_database(database, file);
        const auto rows = rows_in(file);
        BOOST_TEST(rows % 2 == 0);
        BOOST_TEST(rows >= before);
        before = rows;
    }
    enough = true;
}

BOOST_AUTO_TEST_CASE(whoever_has_it_open_is_seen_also_when_idle) {
    BOOST_TEST(!store::user_of(database).has_value());
    support::Baton opened;
    support::Baton seen;
    support::ChildProcess other([&] {
        const store::Database open(database);
        opened.give();
        seen.await();
        return 0;
    });
    opened.await();
    BOOST_TEST(store::user_of(database).has_value());
    seen.give();
    BOOST_TEST(other.wait() == 0);
    BOOST_TEST(!store::user_of(database).has_value());
}

// The bug: asking closed a descriptor of the file, and with it went the locks of the one who asked.
BOOST_AUTO_TEST_CASE(whoever_asks_who_has_it_open_goes_on_being_seen_himself) {
    const store::Database open(database);
    BOOST_TEST(!store::user_of(database).has_value());
    support::ChildProcess other([&] { return store::user_of(database) == getppid() ? 0 : 1; });
    BOOST_TEST(other.wait() == 0);
}

BOOST_AUTO_TEST_CASE(a_copy_put_back_replaces_everything_and_the_old_file_is_kept_with_its_log) {
    {
        store::Database open(database);
        scratch::add_word(open, "before");
    }
    store::copy_database(database, copy);
    {
        store::Database open(database);
        scratch::add_word(open, "after");
    }
    BOOST_REQUIRE(std::filesystem::exists(database.string() + "-wal"));
    std::filesystem::permissions(copy, std::filesystem::perms{0644});
    store::put_in_place(copy, database, kept);
    BOOST_TEST((std::filesystem::status(database).permissions() == std::filesystem::perms{0600}));
    BOOST_TEST(rows_in(database) == 1);
    BOOST_TEST(rows_in(kept) == 2);
}

// The bug: the log was moved away first, and what was in it was lost with whatever failed then.
BOOST_AUTO_TEST_CASE(a_database_that_cannot_be_moved_away_keeps_its_log) {
    store::copy_database(database, copy);
    {
        store::Database open(database);
        scratch::add_word(open, "in the log alone");
    }
    std::filesystem::create_directory(kept);
    BOOST_CHECK_THROW(store::put_in_place(copy, database, kept), store::Error);
    BOOST_TEST(rows_in(database) == 1);
}

BOOST_AUTO_TEST_CASE(a_missing_and_a_broken_database_are_replaced_too) {
    store::copy_database(database, copy);
    damage(database);
    store::put_in_place(copy, database, kept);
    BOOST_TEST(rows_in(database) == 0);
    std::filesystem::remove(database);
    store::put_in_place(copy, database, directory.path() / "none");
    BOOST_TEST(rows_in(database) == 0);
    BOOST_TEST(!std::filesystem::exists(directory.path() / "none"));
}

BOOST_AUTO_TEST_SUITE_END()
