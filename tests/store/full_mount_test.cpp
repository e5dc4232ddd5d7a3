// A file system without room, and one that is read-only.
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "store/scratch.h"
#include "store/surroundings.h"
#include "support/child_process.h"

using scratch::add_word;
using scratch::rows_of;
using surroundings::cannot_mount;
using surroundings::mount_small;
using surroundings::must_pass;

BOOST_FIXTURE_TEST_SUITE(full_mount_test, scratch::Files)

namespace {

// Takes all the room that is left.
void fill_up(const std::filesystem::path& file) {
    std::ofstream out(file, std::ios::binary);
    while (out << std::string(4'096, 'x') && out.flush()) continue;
}

bool write_fails(store::Database& db) {
    return surroundings::fails([&db] { add_word(db, std::string(100'000, 'x')); });
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
