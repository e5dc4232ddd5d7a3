// Copies on a machine that does not play along. A copy is whole or it is none, and what was there
// before stays.
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "store/backup.h"
#include "store/migrations.h"
#include "store/scratch.h"
#include "store/surroundings.h"
#include "support/child_process.h"
#include "support/failing_call.h"

using support::let_fail;
using surroundings::become_nobody;
using surroundings::fails;
using surroundings::status;

namespace {

struct Migrated : scratch::Files {
    Migrated() {
        store::migrate(database);
        past_the_store(
            "CREATE TABLE entry (id INTEGER PRIMARY KEY, word ANY CHECK (word != 'no'))"
            " STRICT");
    }
    std::filesystem::path copy = directory.path() / "copy.db";
    std::filesystem::path kept = directory.path() / "kept.db";

    // Whatever a stranger may have done to the file: no rule of the store's holds.
    void past_the_store(const char* sql) const {
        sqlite3* stranger = nullptr;
        BOOST_REQUIRE(sqlite3_open(database.c_str(), &stranger) == SQLITE_OK);
        BOOST_TEST(sqlite3_exec(stranger, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
        sqlite3_close(stranger);
    }
    void let_everybody_enter() const { chmod(directory.path().c_str(), 0755); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(backup_faults_test, Migrated)

BOOST_AUTO_TEST_CASE(a_copy_that_does_not_reach_the_disk_is_none) {
    support::ChildProcess backup([this] {
        let_fail(SYS_fsync, EIO);
        return status(fails([this] { store::copy_database(database, copy); }));
    });
    BOOST_TEST(backup.wait() == 0);
    BOOST_TEST(!std::filesystem::exists(copy));
    BOOST_TEST(!std::filesystem::exists(copy.string() + ".part"));
}

BOOST_AUTO_TEST_CASE(a_restored_file_that_does_not_reach_the_disk_replaces_nothing) {
    store::copy_database(database, copy);
    {
        store::Database open(database);
        scratch::add_word(open, "since the copy");
    }
    support::ChildProcess restore([this] {
        let_fail(SYS_fsync, EIO);
        return status(fails([this] { store::put_in_place(copy, database, kept); }));
    });
    BOOST_TEST(restore.wait() == 0);
    store::Database open(database);
    BOOST_TEST(scratch::rows_of(open) == 1);
}

BOOST_AUTO_TEST_CASE(without_a_descriptor_to_make_it_durable_there_is_no_copy) {
    support::ChildProcess backup([this] {
        let_fail(SYS_openat, EMFILE, {2, O_RDONLY | O_CLOEXEC});  // none of SQLite's is like this
        return status(fails([this] { store::copy_database(database, copy); }));
    });
    BOOST_TEST(backup.wait() == 0);
    BOOST_TEST(!std::filesystem::exists(copy));
}

BOOST_AUTO_TEST_CASE(what_was_there_stays_when_it_cannot_be_kept) {
    store::copy_database(database, copy);
    {
        store::Database open(database);
        scratch::add_word(open, "since the copy");
    }
    const auto put_back = [this] {
        store::put_in_place(copy, database, directory.path() / "no such directory" / "kept.db");
    };
    BOOST_TEST(fails(put_back));
    {
        store::Database open(database);
        BOOST_TEST(scratch::rows_of(open) == 1);
        BOOST_TEST(scratch::is_whole(open));
    }
    store::put_in_place(copy, database, kept);  // now there is no log beside it
    BOOST_TEST(fails(put_back));
    store::Database open(database);
    BOOST_TEST(scratch::rows_of(open) == 0);
}

BOOST_AUTO_TEST_CASE(a_name_may_hold_what_means_something_to_sqlite) {
    const auto odd = directory.path() / "100%25?mode=memory#o'clock.db";
    store::copy_database(database, odd);
    BOOST_TEST(!store::flaw_of_copy(odd).has_value());
    store::copy_database(odd, copy);
    BOOST_TEST(!store::flaw_of_database(odd).has_value());
    BOOST_TEST(std::filesystem::file_size(copy) > 0U);
}

BOOST_AUTO_TEST_CASE(rows_that_refer_to_none_are_a_flaw) {
    past_the_store(
        "CREATE TABLE child (entry_id INTEGER REFERENCES entry (id)) STRICT;"
        "INSERT INTO child VALUES (7), (8)");
    BOOST_TEST(*store::flaw_of_database(database) == "has rows that refer to none");
    BOOST_CHECK_THROW(store::copy_database(database, copy), store::Error);
}

BOOST_AUTO_TEST_CASE(a_row_that_its_table_would_refuse_is_a_flaw) {
    past_the_store("PRAGMA ignore_check_constraints = ON; INSERT INTO entry VALUES (1, 'no')");
    const auto flaw = store::flaw_of_database(database);
    BOOST_REQUIRE(flaw.has_value());
    BOOST_TEST(flaw->starts_with("is damaged: "), *flaw);
}

BOOST_AUTO_TEST_CASE(a_copy_that_may_not_be_read_is_told_as_such) {
    store::copy_database(database, copy);
    let_everybody_enter();
    support::ChildProcess other([this] {
        become_nobody();
        const auto flaw = store::flaw_of_copy(copy);
        return status(flaw && flaw->starts_with("cannot be read: "));
    });
    BOOST_TEST(other.wait() == 0);
}

BOOST_AUTO_TEST_CASE(what_is_not_there_has_no_users) {
    BOOST_TEST(!store::user_of(directory.path() / "none.db").has_value());
}

BOOST_AUTO_TEST_CASE(who_cannot_ask_for_its_users_is_not_told_that_there_are_none) {
    let_everybody_enter();
    support::ChildProcess other([this] {
        become_nobody();
        return status(fails([this] { (void)store::user_of(database); }));
    });
    BOOST_TEST(other.wait() == 0);
    support::ChildProcess without_locks([this] {
        let_fail(SYS_fcntl, ENOLCK, {1, F_GETLK});
        return status(fails([this] { (void)store::user_of(database); }));
    });
    BOOST_TEST(without_locks.wait() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
