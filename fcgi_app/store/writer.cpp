#include "store/writer.h"

#include <signal.h>

#include <chrono>
#include <exception>

#include "base/statement_times.h"
#include "store/statements.h"

namespace store {

struct Writer::Job {
    const std::function<void(Transaction&)>& work;
    base::StatementTimes times{};  // of the work alone
    std::exception_ptr failure{};
    bool done = false;  // guarded by mutex_
    std::condition_variable is_done{};

    // Throws only when the transaction as a whole cannot go on.
    void run(Transaction& transaction) {
        transaction.run(statements::save);
        try {
            const base::Recording recording(times);
            work(transaction);
        } catch (...) {
            failure = std::current_exception();
            transaction.undo();
        }
        transaction.run(statements::release);
    }
};

namespace {

// A signal is for the threads that were there before, one of which may wait for it.
template <typename... Arguments>
std::thread start_without_signals(Arguments&&... arguments) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread started(std::forward<Arguments>(arguments)...);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return started;
}

// What its asker waited for that was no statement of his: the gate, the others of the group, and
// the commit.
void note(const base::StatementTimes& own, std::chrono::nanoseconds waited) {
    base::StatementTimes* const times = base::Recording::of_this_thread();
    if (times == nullptr) return;
    for (const base::StatementTime& time : own.all()) times->add(time.name, time.span);
    times->add("writer", waited - own.sum());
}

}  // namespace

Writer::Writer(const std::filesystem::path& file, Database::Options options)
    : database_(file, options), thread_(start_without_signals(&Writer::serve, this)) {}

Writer::~Writer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    asked_.notify_one();
    thread_.join();
}

void Writer::wait_for(const std::function<void(Transaction&)>& work) {
    const auto start = std::chrono::steady_clock::now();
    Job job{work};
    std::unique_lock lock(mutex_);
    waiting_.push_back(&job);
    asked_.notify_one();
    job.is_done.wait(lock, [&job] { return job.done; });
    lock.unlock();
    note(job.times, std::chrono::steady_clock::now() - start);
    if (job.failure) std::rethrow_exception(job.failure);
}

void Writer::serve() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        ++beats_;
        asked_.wait_for(lock, std::chrono::seconds(1),
                        [this] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) continue;
        lock.unlock();
        write_group();
        lock.lock();
    }
}

// Who waits is looked at when the gate is open: until then others may have come.
void Writer::write_group() {
    Jobs jobs;
    const auto fail_all = [&](const auto& error) {
        if (jobs.empty()) jobs = take_waiting();
        for (Job* job : jobs) job->failure = std::make_exception_ptr(error);  // a copy a thread
    };
    try {
        Transaction transaction(database_);
        jobs = take_waiting();
        for (Job* job : jobs) job->run(transaction);
        transaction.commit();
    } catch (const Error& error) {
        fail_all(error);
    } catch (const std::exception& error) {
        fail_all(std::runtime_error(error.what()));
    }
    finish(jobs);
}

Writer::Jobs Writer::take_waiting() {
    const std::lock_guard lock(mutex_);
    return std::exchange(waiting_, {});
}

// Under the lock: a job goes out of scope as soon as its owner sees that it is done.
void Writer::finish(const Jobs& jobs) {
    const std::lock_guard lock(mutex_);
    for (Job* job : jobs) {
        job->done = true;
        job->is_done.notify_one();
    }
}

}  // namespace store
