#include "store/writer.h"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "store/scratch.h"

using scratch::rows_of;
using store::Transaction;

namespace {

void append(Transaction& transaction, std::string_view word) {
    transaction.run(scratch::append, word);
}

struct Fixture : scratch::Fixture {
    store::Database db{database};
    store::Writer writer{database};

    // Begun behind a shut gate, so that they share a transaction, all or most of them.
    template <typename Work>
    std::vector<std::future<void>> together(int count, Work work) {
        std::vector<std::future<void>> running;
        const Transaction shut(db);
        for (int i = 0; i < count; ++i) {
            running.push_back(std::async(std::launch::async, [this, i, work] {
                writer.run([&](Transaction& transaction) { work(transaction, i); });
            }));
        }
        return running;
    }
};

// Gives whether it failed.
template <typename Error>
bool fails_with(std::future<void>& running) {
    try {
        running.get();
        return false;
    } catch (const Error&) {
        return true;
    }
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(writer_test, Fixture)

BOOST_AUTO_TEST_CASE(what_one_does_wrong_takes_back_nothing_of_the_others) {
    auto running = together(9, [](Transaction& transaction, int i) {
        append(transaction, std::to_string(i));
        if (i % 3 == 0) throw std::runtime_error("changed my mind");
        if (i % 3 == 1) transaction.undo();
    });
    for (std::size_t i = 0; i < running.size(); ++i) {
        BOOST_TEST(fails_with<std::runtime_error>(running[i]) == (i % 3 == 0));
    }
    auto rows = db.read(scratch::list);
    int kept = 0;
    while (rows.next()) {
        BOOST_TEST(std::stoi(std::string(rows.text(1))) % 3 == 2);
        ++kept;
    }
    BOOST_TEST(kept == 3);
}

BOOST_AUTO_TEST_CASE(a_wrong_statement_is_an_error_for_its_owner_alone) {
    scratch::add_word(db, "one");
    auto running = together(4, [](Transaction& transaction, int i) {
        if (i == 2) transaction.run(scratch::add, 1, "one is there already");
        append(transaction, "fine");
    });
    for (std::size_t i = 0; i < running.size(); ++i) {
        BOOST_TEST(fails_with<store::Error>(running[i]) == (i == 2));
    }
    BOOST_TEST(rows_of(db) == 4);
}

BOOST_AUTO_TEST_CASE(those_who_come_together_share_a_commit) {
    constexpr int count = 40;
    const auto before = store::times_run(store::statements::commit);
    std::vector<std::thread> threads;
    {
        const Transaction shut(db);
        std::atomic<int> asking{0};
        for (int i = 0; i < count; ++i) {
            threads.emplace_back([&] {
                ++asking;
                writer.run([](Transaction& transaction) { append(transaction, "x"); });
            });
        }
        while (asking < count) std::this_thread::yield();
    }
    for (std::thread& thread : threads) thread.join();
    BOOST_TEST(rows_of(db) == count);
    BOOST_TEST(store::times_run(store::statements::commit) - before < count / 2);
}

BOOST_AUTO_TEST_CASE(a_gate_that_stays_shut_is_busy_for_everybody_who_waits) {
    store::Writer hurried(database, {.gate_timeout_ms = 50});
    const Transaction shut(db);
    const auto is_busy = [](const store::Error& error) { return error.is_busy(); };
    const auto ask = [&] {
        hurried.run([](Transaction& transaction) { append(transaction, "x"); });
    };
    auto other = std::async(std::launch::async, ask);
    BOOST_CHECK_EXCEPTION(ask(), store::Error, is_busy);
    BOOST_CHECK_EXCEPTION(other.get(), store::Error, is_busy);
}

BOOST_AUTO_TEST_CASE(what_was_acknowledged_is_seen_by_everybody) {
    for (int i = 1; i <= 20; ++i) {
        const int id = writer.run([&](Transaction& transaction) {
            append(transaction, "x");
            return i;
        });
        BOOST_TEST(rows_of(db) == id);
    }
}

BOOST_AUTO_TEST_CASE(it_beats_while_idle) {
    const auto before = writer.beats();
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (writer.beats() == before && std::chrono::steady_clock::now() < patience) {
        std::this_thread::yield();
    }
    BOOST_TEST(writer.beats() > before);
}

BOOST_AUTO_TEST_SUITE_END()
