// The threads of a lane that answer what may have to wait for the disk: every request but GET and
// HEAD. A loop reads such a request, hands it over and goes on; without them a visitor who only
// asks for a page would stand behind the commits of others.
//
// Life: the destructor answers what was handed over and joins.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace fcgi {

class Changers {
  public:
    // `thread` counts from 0. Must not throw.
    using Task = std::function<void(int thread)>;

    explicit Changers(int threads);
    ~Changers();
    Changers(const Changers&) = delete;
    Changers& operator=(const Changers&) = delete;

    [[nodiscard]] bool any() const noexcept { return !threads_.empty(); }
    void hand_over(Task task);  // any thread

    // See Acceptor::beats().
    [[nodiscard]] std::vector<std::uint64_t> beats() const;

  private:
    void run(std::size_t thread);

    std::mutex mutex_;
    std::condition_variable handed_over_;
    std::deque<Task> tasks_;  // guarded by mutex_
    bool stopping_ = false;   // guarded by mutex_
    std::vector<std::atomic<std::uint64_t>> beats_;
    std::vector<std::thread> threads_;  // last: they use all of the above
};

}  // namespace fcgi
