#include "cli/keeper.h"

#include <pthread.h>

#include <chrono>

#include "base/log.h"

namespace cli {

Keeper::Keeper(const std::filesystem::path& database, accounts::TouchQueue& touches)
    : touches_(touches),
      database_(database),
      checkpointer_(database_),
      thread_(&Keeper::run, this) {}

Keeper::~Keeper() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    stop_asked_.notify_one();
    thread_.join();
}

void Keeper::run() {
    pthread_setname_np(pthread_self(), "keeper");
    std::unique_lock lock(mutex_);
    while (!stop_asked_.wait_for(lock, std::chrono::seconds(1), [this] { return stopping_; })) {
        lock.unlock();
        work();
        lock.lock();
    }
    work();
}

void Keeper::work() {
    beats_.fetch_add(1);
    is_stale_ = database_.is_stale();
    try {
        touches_.flush(database_);
        checkpointer_.run();
        in_trouble_ = false;
    } catch (const store::Error& error) {
        if (!in_trouble_)
            base::log(base::Level::warning, "keeper_failed", {{"what", error.what()}});
        in_trouble_ = true;
    }
}

}  // namespace cli
