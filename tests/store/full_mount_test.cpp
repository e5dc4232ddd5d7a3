// A file system without room: a small tmpfs in a mount namespace of the child's own, so that
// nothing stays mounted.
#include <sched.h>
#include <sys/mount.h>

#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <fstream>

#include "store/scratch.h"
#include "support/child_process.h"

using scratch::add_word;
using scratch::rows_of;

BOOST_FIXTURE_TEST_SUITE(full_mount_test, scratch::Files)

namespace {

constexpr int cannot_mount = 77;

bool mount_small(const std::filesystem::path& where, const char* size) {
    return unshare(CLONE_NEWNS) == 0 &&
           mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           mount("tmpfs", where.c_str(), "tmpfs", 0, size) == 0;
}

// Takes all the room that is left.
void fill_up(const std::filesystem::path& file) {
    std::ofstream out(file, std::ios::binary);
    while (out << std::string(4'096, 'x') && out.flush()) continue;
}

bool write_fails(store::Database& db) {
    try {
        add_word(db, std::string(100'000, 'x'));
    } catch (const store::Error& error) {
        return !error.is_busy();
    }
    return false;
}

void must_pass(int status) {
    if (status == cannot_mount)
        std::puts("SKIPPED: a file system of one's own needs the right to mount");
    else
        BOOST_TEST(status == 0);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_full_file_system_fails_writes_and_recovers_by_itself) {
    support::ChildProcess worker([this] {
        if (!mount_small(directory.path(), "size=1m")) return cannot_mount;
        scratch::make_table(database);
        store::Database db(database);
        add_word(db, "before");
        const auto ballast = directory.path() / "ballast";
        fill_up(ballast);
        bool right = write_fails(db) && rows_of(db) == 1 && write_fails(db);
        std::filesystem::remove(ballast);
        add_word(db, "after");
        right = right && rows_of(db) == 2 && scratch::is_whole(db);
        return right ? 0 : 1;
    });
    must_pass(worker.wait());
}

BOOST_AUTO_TEST_CASE(a_read_only_file_system_fails_writes_until_it_was_opened_anew) {
    support::ChildProcess worker([this] {
        if (!mount_small(directory.path(), "size=4m")) return cannot_mount;
        scratch::make_table(database);
        {
            store::Database db(database);
            add_word(db, "before");
        }
        const auto remount = [this](unsigned long flags) {
            return mount(nullptr, directory.path().c_str(), nullptr, MS_REMOUNT | flags, nullptr);
        };
        if (remount(MS_RDONLY) != 0) return 2;
        {
            store::Database db(database);
            if (rows_of(db) != 1 || !write_fails(db) || rows_of(db) != 1) return 3;
            if (db.is_stale() || remount(0) != 0) return 4;
            if (!db.is_stale() || !write_fails(db)) return 5;
        }
        store::Database db(database);
        add_word(db, "after");
        return rows_of(db) == 2 && !db.is_stale() ? 0 : 6;
    });
    must_pass(worker.wait());
}

BOOST_AUTO_TEST_SUITE_END()
