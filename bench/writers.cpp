// Processes that write to one database as fast as they can, each a sign-in a transaction, while a
// checkpoint runs once a second as in a pool: is the write gate fair, and how long does one wait?
//
//   bench_writers DATABASE ACCOUNT PROCESSES SECONDS
//
// Prints {"writers":[{"writes":…,"p50_ms":…,"p99_ms":…,"max_ms":…},…]}: from asking for the gate to
// the end of the commit. The first tenth is not counted.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "sql.h"
#include "store/checkpointer.h"
#include "store/database.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Figures {
    std::size_t writes;
    double p50_ms, p99_ms, max_ms;
    bool is_done;
};

struct Plan {
    std::string database;
    std::int64_t account;
    Clock::time_point begins, counts_from, ends;
};

void sign_in(store::Database& database, std::int64_t account) {
    const base::Seconds now = base::SystemClock().now();
    const base::Secret key = base::random_secret(32);
    store::Transaction transaction(database);
    transaction.run(sql::session::insert, store::Blob{key.reveal()}, account, now, 12 * base::hour,
                    now + 90 * base::day, 0, "192.0.2.1", "bench");
    transaction.commit();
}

Figures write(const Plan& plan) {
    store::Database database(plan.database);
    std::vector<double> times;
    std::this_thread::sleep_until(plan.begins);
    for (auto start = Clock::now(); start < plan.ends;) {
        sign_in(database, plan.account);
        const auto end = Clock::now();
        const std::chrono::duration<double, std::milli> took = end - start;
        if (start >= plan.counts_from) times.push_back(took.count());
        start = end;
    }
    std::ranges::sort(times);
    const auto share = [&](double part) {
        const auto last = static_cast<double>(times.size()) - 1;
        return times.empty() ? 0 : times[static_cast<std::size_t>(part * last)];
    };
    return {times.size(), share(0.5), share(0.99), share(1), true};
}

void checkpoint(const Plan& plan) {
    store::Database database(plan.database);
    store::Checkpointer checkpointer(database);
    while (Clock::now() < plan.ends) {
        std::this_thread::sleep_for(std::chrono::seconds(1));
        checkpointer.run();
    }
}

std::span<Figures> shared_figures(std::size_t count) {
    void* memory = mmap(nullptr, count * sizeof(Figures), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    return {static_cast<Figures*>(memory), count};
}

// SQLite must not be carried over a fork: each process opens the database itself.
void run_writers(const Plan& plan, std::span<Figures> figures) {
    for (Figures& mine : figures) {
        if (fork() != 0) continue;
        try {
            mine = write(plan);
        } catch (const std::exception& error) {
            std::cerr << "bench_writers: " << error.what() << '\n';
        }
        _exit(0);
    }
    checkpoint(plan);
    while (wait(nullptr) > 0) {
    }
}

int print(std::span<const Figures> figures) {
    bool is_whole = true;
    std::printf("{\"writers\":[");
    for (const Figures& one : figures) {
        is_whole = is_whole && one.is_done && one.writes > 0;
        std::printf("%s{\"writes\":%zu,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f}",
                    &one == figures.data() ? "" : ",", one.writes, one.p50_ms, one.p99_ms,
                    one.max_ms);
    }
    std::printf("]}\n");
    return is_whole ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) {
        std::cerr << "bench_writers DATABASE ACCOUNT PROCESSES SECONDS\n";
        return 2;
    }
    base::start_cryptography();
    const auto begins = Clock::now() + std::chrono::milliseconds(500);
    const auto span = std::chrono::duration_cast<Clock::duration>(
        std::chrono::duration<double>(std::stod(argv[4])));
    const auto figures = shared_figures(std::stoul(argv[3]));
    run_writers({argv[1], std::stoll(argv[2]), begins, begins + span / 10, begins + span}, figures);
    return print(figures);
}
