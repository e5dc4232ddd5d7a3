#include "store/write_gate.h"

#include <poll.h>
#include <signal.h>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>

#include "store/database.h"
#include "store/scratch.h"
#include "support/child_process.h"

namespace {

struct Fixture {
    support::TemporaryDirectory directory;
    std::filesystem::path database = directory.path() / "test.db";
    store::WriteGate gate{database};

    bool is_free() {
        try {
            gate.enter(0);
        } catch (const store::Error& error) {
            BOOST_TEST(error.is_busy());
            return false;
        }
        gate.leave();
        return true;
    }
    bool somebody_waits_at_the_door() const {
        return scratch::somebody_waits_at_the_gate_of(database);
    }
};

// A process that is inside; it leaves when it is told to.
struct Holder {
    explicit Holder(const std::filesystem::path& database)
        : process([this, &database] {
              store::WriteGate gate(database);
              gate.enter(5'000);
              inside.give();
              go.await();
              gate.leave();
              return 0;
          }) {
        inside.await();
    }
    support::Baton inside;
    support::Baton go;
    support::ChildProcess process;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(write_gate_test, Fixture)

BOOST_AUTO_TEST_CASE(one_at_a_time_and_again_after_leaving) {
    gate.enter(0);
    store::WriteGate other(database);
    BOOST_CHECK_THROW(other.enter(0), store::Error);
    BOOST_CHECK_THROW(other.enter(20), store::Error);
    gate.leave();
    other.enter(0);
    BOOST_TEST(!is_free());
    other.leave();
    BOOST_TEST(is_free());
}

BOOST_AUTO_TEST_CASE(a_frozen_holder_does_not_freeze_the_others) {
    Holder holder(database);
    holder.process.send(SIGSTOP);
    const auto before = std::chrono::steady_clock::now();
    BOOST_CHECK_EXCEPTION(gate.enter(120), store::Error,
                          [](const store::Error& error) { return error.is_busy(); });
    const auto waited = std::chrono::steady_clock::now() - before;
    BOOST_TEST((waited >= std::chrono::milliseconds(120)));
    BOOST_TEST((waited < std::chrono::seconds(20)));
    holder.process.send(SIGCONT);
    holder.go.give();
    gate.enter(5'000);
    gate.leave();
    BOOST_TEST(holder.process.wait() == 0);
}

BOOST_AUTO_TEST_CASE(a_killed_holder_frees_the_gate) {
    Holder holder(database);
    BOOST_TEST(!is_free());
    holder.process.send(SIGKILL);
    gate.enter(5'000);
    gate.leave();
}

BOOST_AUTO_TEST_CASE(a_waiter_that_is_killed_at_the_door_frees_its_place) {
    Holder holder(database);
    support::ChildProcess waiter([this] {
        store::WriteGate(database).enter(60'000);
        return 0;
    });
    while (!somebody_waits_at_the_door()) std::this_thread::yield();
    BOOST_CHECK_THROW(gate.enter(20), store::Error);
    waiter.send(SIGKILL);
    BOOST_TEST(waiter.wait() == 128 + SIGKILL);
    holder.go.give();
    gate.enter(20'000);
    gate.leave();
}

BOOST_AUTO_TEST_CASE(who_waits_is_let_in_by_the_one_who_leaves) {
    Holder holder(database);
    std::thread waiter([this] {
        gate.enter(20'000);
        gate.leave();
    });
    holder.go.give();
    waiter.join();
    BOOST_TEST(is_free());
}

BOOST_AUTO_TEST_CASE(the_time_out_needs_no_signal_that_the_thread_lets_through) {
    const Holder holder(database);
    std::thread blocked([this] {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, nullptr);
        BOOST_CHECK_THROW(gate.enter(30), store::Error);
        sigset_t after;
        pthread_sigmask(SIG_SETMASK, nullptr, &after);
        BOOST_TEST(sigismember(&after, SIGRTMIN + 3) == 1);
    });
    blocked.join();
}

// The signal may come before flock() waits: without a second one the wait would have no end.
BOOST_AUTO_TEST_CASE(the_shortest_time_outs_end_too) {
    const Holder holder(database);
    for (int i = 0; i < 300; ++i) BOOST_CHECK_THROW(gate.enter(1), store::Error);
}

BOOST_AUTO_TEST_CASE(nothing_is_interrupted_after_a_wait) {
    const Holder holder(database);
    BOOST_CHECK_THROW(gate.enter(20), store::Error);
    BOOST_TEST(poll(nullptr, 0, 60) == 0);  // the timer would have come six times
}

BOOST_AUTO_TEST_CASE(other_signals_do_not_end_the_wait) {
    struct sigaction nothing {};
    nothing.sa_handler = [](int) {};
    struct sigaction before {};
    sigaction(SIGUSR1, &nothing, &before);
    Holder holder(database);
    support::Baton waits;
    std::thread waiter([&] {
        waits.give();
        gate.enter(20'000);
        gate.leave();
    });
    waits.await();
    for (int i = 0; i < 20; ++i) {
        pthread_kill(waiter.native_handle(), SIGUSR1);
        std::this_thread::yield();
    }
    holder.go.give();
    waiter.join();
    sigaction(SIGUSR1, &before, nullptr);
    BOOST_TEST(is_free());
}

BOOST_AUTO_TEST_CASE(a_gate_file_that_was_replaced_makes_no_second_door) {
    gate.enter(0);
    gate.leave();
    std::filesystem::remove(database.string() + "-gate");
    store::WriteGate newer(database);
    newer.enter(0);
    BOOST_CHECK_THROW(gate.enter(0), store::Error);
    newer.leave();
    BOOST_TEST(is_free());
}

BOOST_AUTO_TEST_SUITE_END()
