#include "fcgi/changers.h"

#include <chrono>
#include <utility>

namespace fcgi {

Changers::Changers(int threads) : beats_(static_cast<std::size_t>(threads)) {
    for (std::size_t thread = 0; thread < beats_.size(); ++thread) {
        threads_.emplace_back(&Changers::run, this, thread);
    }
}

Changers::~Changers() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    handed_over_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void Changers::hand_over(Task task) {
    {
        const std::lock_guard lock(mutex_);
        tasks_.push_back(std::move(task));
    }
    handed_over_.notify_one();
}

std::vector<std::uint64_t> Changers::beats() const {
    return {beats_.begin(), beats_.end()};
}

void Changers::run(std::size_t thread) {
    std::unique_lock lock(mutex_);
    while (!stopping_ || !tasks_.empty()) {
        beats_[thread].fetch_add(1, std::memory_order_relaxed);
        handed_over_.wait_for(lock, std::chrono::seconds(1),
                              [this] { return stopping_ || !tasks_.empty(); });
        if (tasks_.empty()) continue;
        const Task task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        task(static_cast<int>(thread));
        lock.lock();
    }
}

}  // namespace fcgi
