// A file that may be read and not written. Root may write everywhere, so the child is somebody
// else.
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "store/scratch.h"
#include "store/surroundings.h"
#include "support/child_process.h"

using scratch::rows_of;
using surroundings::become_nobody;
using surroundings::nobody;

BOOST_FIXTURE_TEST_SUITE(read_only_test, scratch::Fixture)

BOOST_AUTO_TEST_CASE(reads_go_on_and_writes_fail_without_waiting) {
    store::Database writer(database);
    scratch::add_word(writer, "x");
    chmod(directory.path().c_str(), 0555);
    for (const char* suffix : {"", "-wal", "-shm", "-gate"})
        chmod((database.string() + suffix).c_str(), 0444);
    support::ChildProcess reader([this] {
        become_nobody();
        store::Database db(database);
        if (rows_of(db) != 1) return 2;
        try {
            scratch::add_word(db, "y");
        } catch (const store::Error& error) {
            return error.is_busy() ? 3 : 0;
        }
        return 4;
    });
    BOOST_TEST(reader.wait() == 0);
    BOOST_TEST(rows_of(writer) == 1);
    chmod(directory.path().c_str(), 0700);
}

BOOST_AUTO_TEST_CASE(a_file_that_may_not_be_read_is_an_error) {
    chmod(directory.path().c_str(), 0555);
    chmod(database.c_str(), 0000);
    support::ChildProcess reader([this] {
        become_nobody();
        try {
            const store::Database db(database);
        } catch (const store::Error& error) {
            return error.is_busy() ? 3 : 0;
        }
        return 4;
    });
    BOOST_TEST(reader.wait() == 0);
    chmod(directory.path().c_str(), 0700);
}

BOOST_AUTO_TEST_CASE(what_root_makes_belongs_to_the_owner_of_the_directory) {
    if (geteuid() != 0) {
        BOOST_TEST_MESSAGE("only root can make files for somebody else");
        return;
    }
    BOOST_TEST(chown(directory.path().c_str(), nobody, nobody) == 0);
    const auto file = directory.path() / "made.db";
    scratch::make_table(file);
    for (const char* suffix : {"", "-wal", "-shm", "-gate"}) {
        struct stat status {};
        BOOST_TEST(stat((file.string() + suffix).c_str(), &status) == 0);
        BOOST_TEST(status.st_uid == nobody, suffix);
    }
}

BOOST_AUTO_TEST_SUITE_END()
