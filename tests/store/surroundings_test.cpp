// The store on a machine that does not play along: each time an error at once that says so, and
// nothing that only looks stored.
#include <sqlite3.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "store/private_file.h"
#include "store/scratch.h"
#include "store/surroundings.h"
#include "store/write_gate.h"
#include "support/child_process.h"
#include "support/failing_call.h"

using scratch::add_word;
using scratch::rows_of;
using support::ChildProcess;
using support::let_fail;
using surroundings::become_nobody;
using surroundings::fails;
using surroundings::status;

BOOST_FIXTURE_TEST_SUITE(surroundings_test, scratch::Fixture)

BOOST_AUTO_TEST_CASE(a_name_that_leads_nowhere_is_an_error_and_makes_no_file) {
    const auto link = directory.path() / "link.db";
    std::filesystem::create_symlink(directory.path() / "gone" / "test.db", link);
    BOOST_TEST(fails([&link] { const store::Database db(link); }));
    BOOST_TEST(!std::filesystem::exists(directory.path() / "gone"));
}

BOOST_AUTO_TEST_CASE(where_workers_cannot_share_a_log_the_database_is_not_used) {
    ChildProcess worker([this] {
        sqlite3_vfs_register(sqlite3_vfs_find("unix-dotfile"), 1);  // knows no shared memory
        return status(fails([this] { const store::Database db(directory.path() / "fresh.db"); }));
    });
    BOOST_TEST(worker.wait() == 0);
}

BOOST_AUTO_TEST_CASE(a_value_larger_than_sqlite_takes_is_an_error_and_leaves_no_trace) {
    constexpr std::size_t size = 1'000'000'001;  // never touched: it costs addresses, not memory
    void* const pages =
        mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    BOOST_REQUIRE(pages != MAP_FAILED);
    store::Database db(database);
    BOOST_TEST(fails([&] { add_word(db, {static_cast<const char*>(pages), size}); }));
    munmap(pages, size);
    BOOST_TEST(rows_of(db) == 0);
    add_word(db, "small");
    BOOST_TEST(rows_of(db) == 1);
}

BOOST_AUTO_TEST_CASE(a_text_without_a_statement_is_wrong_use) {
    static const auto nothing = scratch::query("-- no statement");
    store::Database db(database);
    BOOST_CHECK_THROW((void)db.read(nothing), std::logic_error);
}

BOOST_AUTO_TEST_CASE(waiting_helps_against_locks_and_nothing_else) {
    for (const int code : {SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT, SQLITE_BUSY_TIMEOUT, SQLITE_LOCKED,
                           SQLITE_LOCKED_SHAREDCACHE, SQLITE_PROTOCOL})
        BOOST_TEST(store::Error(code, "").is_busy(), code);
    for (const int code : {SQLITE_FULL, SQLITE_IOERR_FSYNC, SQLITE_CORRUPT, SQLITE_READONLY,
                           SQLITE_CANTOPEN, SQLITE_NOMEM, SQLITE_IOERR_LOCK})
        BOOST_TEST(!store::Error(code, "").is_busy(), code);
}

BOOST_AUTO_TEST_CASE(a_service_that_is_not_root_makes_its_own_files) {
    chmod(directory.path().c_str(), 0777);
    ChildProcess worker([this] {
        become_nobody();
        const auto own = directory.path() / "own.db";
        scratch::make_table(own);
        struct stat made {};
        return status(stat(own.c_str(), &made) == 0 && (made.st_mode & 07777) == 0600 &&
                      made.st_uid == geteuid());
    });
    BOOST_TEST(worker.wait() == 0);
}

// A file that others may read, or that the service cannot open, is worse than none.
BOOST_AUTO_TEST_CASE(a_file_whose_mode_or_owner_cannot_be_set_is_an_error) {
    for (const long call : {SYS_chmod, SYS_chown}) {
        ChildProcess administrator([this, call] {
            let_fail(call, EPERM);
            const auto file = directory.path() / std::to_string(call);
            const bool is_made = geteuid() != 0 && call == SYS_chown;  // it was nobody else's
            return status(is_made ||
                          fails([&] { store::make_private_file(file, directory.path()); }));
        });
        BOOST_TEST(administrator.wait() == 0, call);
    }
}

BOOST_AUTO_TEST_CASE(a_file_system_without_locks_lets_nobody_write) {
    ChildProcess worker([this] {
        store::Database db(database);
        let_fail(SYS_flock, ENOLCK);
        return status(fails([&db] { add_word(db, "x"); }) && rows_of(db) == 0);
    });
    BOOST_TEST(worker.wait() == 0);
}

BOOST_AUTO_TEST_CASE(without_a_timer_nobody_waits_at_the_gate_for_ever) {
    store::Database holder(database);
    const store::Transaction transaction(holder);
    ChildProcess worker([this] {
        const rlimit none{0, 0};
        setrlimit(RLIMIT_SIGPENDING, &none);  // a timer needs one
        store::WriteGate gate(database);
        return status(fails([&gate] { gate.enter(60'000); }));
    });
    BOOST_TEST(worker.wait() == 0);
}

BOOST_AUTO_TEST_CASE(a_gate_that_was_taken_away_is_made_anew) {
    const auto door = database.string() + "-gate";
    store::WriteGate gate(database);
    gate.enter(0);
    gate.leave();
    std::filesystem::remove(door);
    gate.enter(0);
    BOOST_TEST(std::filesystem::exists(door));
    store::WriteGate other(database);
    BOOST_CHECK_THROW(other.enter(0), store::Error);
}

// The two file systems number their files alike.
BOOST_AUTO_TEST_CASE(a_file_system_mounted_over_the_gate_makes_no_second_door) {
    ChildProcess operator_([this] {
        if (!surroundings::mount_small(directory.path(), "size=1m"))
            return surroundings::cannot_mount;
        store::WriteGate below(database);
        below.enter(0);
        below.leave();
        if (mount("tmpfs", directory.path().c_str(), "tmpfs", 0, "size=1m") != 0) return 2;
        store::WriteGate above(database);
        above.enter(0);
        try {
            below.enter(0);
        } catch (const store::Error& error) {
            return error.is_busy() ? 0 : 3;
        }
        return 4;
    });
    surroundings::must_pass(operator_.wait());
}

BOOST_AUTO_TEST_SUITE_END()
