// A disk that takes no more: here a limit on the size of a file, which every user may set. In a
// child, so that the limit goes with it.
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>
#include <vector>

#include "store/checkpointer.h"
#include "store/scratch.h"
#include "store/surroundings.h"
#include "store/writer.h"
#include "support/child_process.h"

using scratch::add_word;
using scratch::limit_files_to;
using scratch::rows_of;
using surroundings::status;

BOOST_FIXTURE_TEST_SUITE(full_disk_test, scratch::Fixture)

namespace {

// Commits until the disk is full; gives how many were committed.
int fill(store::Database& db) {
    const std::string word(10'000, 'x');
    for (int committed = 0;; ++committed) {
        try {
            add_word(db, word);
        } catch (const store::Error& error) {
            return error.is_busy() ? -1 : committed;
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(writes_fail_reads_go_on_and_nothing_needs_a_hand_afterwards) {
    support::ChildProcess worker([this] {
        store::Database db(database);
        limit_files_to(400'000);
        const int committed = fill(db);
        const bool readable = committed > 0 && rows_of(db) == committed;
        const bool again = fill(db) == 0 && rows_of(db) == committed;
        limit_files_to(RLIM_INFINITY);
        add_word(db, "there is room again");
        return status(readable && again && rows_of(db) == committed + 1 && scratch::is_whole(db));
    });
    BOOST_TEST(worker.wait() == 0);
    store::Database db(database);
    BOOST_TEST(scratch::is_whole(db));
}

BOOST_AUTO_TEST_CASE(a_transaction_that_hit_the_end_stores_nothing_of_itself) {
    support::ChildProcess worker([this] {
        // A cache so small that pages are written before the commit.
        store::Database db(database, {.cache_kib = 16});
        limit_files_to(400'000);
        bool failed = false;
        {
            store::Transaction transaction(db);
            const std::string word(10'000, 'x');
            for (int i = 0; i < 100; ++i) try {
                    transaction.run(scratch::append, word);
                } catch (const store::Error&) {
                    failed = true;
                }
            try {
                transaction.commit();
                failed = false;
            } catch (const store::Error&) {
            }
        }
        limit_files_to(RLIM_INFINITY);
        const bool empty = rows_of(db) == 0;
        add_word(db, "next");
        return status(failed && empty && rows_of(db) == 1);
    });
    BOOST_TEST(worker.wait() == 0);
}

BOOST_AUTO_TEST_CASE(a_checkpoint_without_room_is_an_error_and_loses_nothing) {
    support::ChildProcess worker([this] {
        store::Database db(database);
        const std::string word(500'000, 'x');
        add_word(db, word);
        limit_files_to(300'000);
        bool failed = false;
        try {
            (void)store::Checkpointer(db).run(1);
        } catch (const store::Error&) {
            failed = true;
        }
        const bool readable = rows_of(db) == 1;
        limit_files_to(RLIM_INFINITY);
        return status(failed && readable && store::Checkpointer(db).run(1) && rows_of(db) == 1 &&
                      scratch::is_whole(db));
    });
    BOOST_TEST(worker.wait() == 0);
}

BOOST_AUTO_TEST_CASE(nobody_of_a_group_is_told_that_something_was_stored_that_was_not) {
    support::ChildProcess worker([this] {
        store::Database db(database);
        store::Writer writer(database);
        limit_files_to(400'000);
        std::atomic<int> acknowledged{0};
        std::vector<std::thread> visitors;
        for (int i = 0; i < 8; ++i) {
            visitors.emplace_back([&] {
                const std::string word(10'000, 'x');
                for (int n = 0; n < 30; ++n) try {
                        writer.run([&](store::Transaction& transaction) {
                            transaction.run(scratch::append, word);
                        });
                        ++acknowledged;
                    } catch (const store::Error&) {
                    }
            });
        }
        for (std::thread& visitor : visitors) visitor.join();
        const bool right = acknowledged < 8 * 30 && rows_of(db) == acknowledged;
        limit_files_to(RLIM_INFINITY);
        writer.run([](store::Transaction& transaction) {
            transaction.run(scratch::append, "there is room again");
        });
        return status(right && rows_of(db) == acknowledged + 1);
    });
    BOOST_TEST(worker.wait() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
