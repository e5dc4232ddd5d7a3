#include "fcgi/acceptor.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <string>
#include <system_error>

#include "base/log.h"
#include "fcgi/connection.h"

namespace fcgi {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds longest_sleep{1'000};
constexpr milliseconds short_sleep{50};  // while draining, or out of descriptors

[[noreturn]] void throw_errno(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

class Descriptor {
  public:
    explicit Descriptor(int number, const char* what) : number_(number) {
        if (number_ < 0) throw_errno(what);
    }
    ~Descriptor() { close(number_); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    operator int() const noexcept { return number_; }

  private:
    int number_;
};

void set_timeouts(int descriptor, milliseconds span) {
    const timeval time{span.count() / 1000, (span.count() % 1000) * 1000};
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

bool is_out_of_descriptors(int error) {
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

// One thread of a lane: its epoll set and its connections.
class Acceptor::Loop {
  public:
    Loop(const Acceptor& acceptor, int number)
        : acceptor_(acceptor),
          number_(number),
          epoll_(epoll_create1(EPOLL_CLOEXEC), "epoll_create1"),
          wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd"),
          connection_(acceptor.settings_.lane, acceptor.settings_.max_body_bytes) {
        watch(wake_, EPOLLIN);
        watch(acceptor.settings_.listener, EPOLLIN | EPOLLEXCLUSIVE);
    }

    void run() {
        const LaneSettings& settings = acceptor_.settings_;
        setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), settings.niceness);
        while (!is_drained()) {
            std::array<epoll_event, 64> events;
            const milliseconds sleep = listener_rests_ || draining_ ? short_sleep : longest_sleep;
            const int count =
                epoll_wait(epoll_, events.data(), events.size(), static_cast<int>(sleep.count()));
            beats_.fetch_add(1, std::memory_order_relaxed);
            if (listener_rests_) wake_listener();
            for (const epoll_event& event : std::span(events).first(std::max(count, 0))) {
                handle(event.data.fd);
            }
        }
    }

    void stop() noexcept {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto ignored = write(wake_, &one, sizeof one);
    }

    void adopt(int descriptor) {
        connections_.fetch_add(1, std::memory_order_relaxed);
        watch(descriptor, EPOLLIN | EPOLLRDHUP);
    }

    int connections() const noexcept { return connections_.load(std::memory_order_relaxed); }
    std::uint64_t beats() const noexcept { return beats_.load(std::memory_order_relaxed); }

  private:
    void watch(int descriptor, std::uint32_t events) {
        epoll_event event{};
        event.events = events;
        event.data.fd = descriptor;
        if (epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0) throw_errno("epoll_ctl");
    }

    void unwatch(int descriptor) { epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr); }

    void handle(int descriptor) {
        if (descriptor == acceptor_.settings_.listener) {
            accept_one();
        } else if (descriptor == wake_) {
            start_draining();
        } else {
            serve(descriptor);
        }
    }

    // One at a time: the next one belongs to whoever is free, here or in another worker.
    void accept_one() {
        const int descriptor =
            accept4(acceptor_.settings_.listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (descriptor >= 0) {
            set_timeouts(descriptor, acceptor_.settings_.peer_timeout);
            acceptor_.least_loaded().adopt(descriptor);
        } else if (is_out_of_descriptors(errno)) {
            // The listener stays ready, so watching it on would spin until a descriptor is free.
            base::log(base::Level::warning, "out_of_descriptors");
            unwatch(acceptor_.settings_.listener);
            listener_rests_ = true;
        }
    }

    void wake_listener() {
        listener_rests_ = false;
        if (!draining_) watch(acceptor_.settings_.listener, EPOLLIN | EPOLLEXCLUSIVE);
    }

    void serve(int descriptor) {
        bool kept = false;
        try {
            kept = connection_.serve(descriptor, [this](const http::Request& request) {
                return acceptor_.handler_(request, number_);
            });
        } catch (const std::exception& error) {
            base::log(base::Level::error, "request_aborted", {{"what", error.what()}});
        }
        if (!kept) connections_.fetch_sub(1, std::memory_order_relaxed);
    }

    void start_draining() {
        if (draining_) return;
        draining_ = true;
        acceptor_.draining_loops_.fetch_add(1);
        drain_ends_ = steady_clock::now() + acceptor_.settings_.drain_timeout;
        unwatch(wake_);
        unwatch(acceptor_.settings_.listener);
    }

    // A loop that does not drain yet may still hand a connection over, so the first one waits for
    // the last. Connections that are left at the end of the drain are closed with the process.
    bool is_drained() const {
        if (!draining_) return false;
        const bool all_drain =
            acceptor_.draining_loops_.load() == static_cast<int>(acceptor_.loops_.size());
        return (all_drain && connections() == 0) || steady_clock::now() >= drain_ends_;
    }

    const Acceptor& acceptor_;
    const int number_;
    const Descriptor epoll_;
    const Descriptor wake_;
    std::atomic<int> connections_{0};
    std::atomic<std::uint64_t> beats_{0};

    // Only on the loop's thread.
    Connection connection_;
    bool draining_ = false;
    bool listener_rests_ = false;
    steady_clock::time_point drain_ends_;
};

Acceptor::Acceptor(LaneSettings settings, Handler handler)
    : settings_(settings), handler_(std::move(handler)) {
    for (int number = 0; number < settings_.threads; ++number) {
        loops_.push_back(std::make_unique<Loop>(*this, number));
    }
    for (auto& loop : loops_) {
        threads_.emplace_back([this, &loop] {
            loop->run();
            const std::lock_guard lock(mutex_);
            ++ended_loops_;
            loop_ended_.notify_all();
        });
    }
}

Acceptor::~Acceptor() {
    stop();
    join();
}

void Acceptor::stop() noexcept {
    for (auto& loop : loops_) loop->stop();
}

void Acceptor::join() {
    for (std::thread& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

bool Acceptor::join_for(milliseconds patience) {
    std::unique_lock lock(mutex_);
    const auto all_ended = [this] { return ended_loops_ == static_cast<int>(loops_.size()); };
    return loop_ended_.wait_for(lock, patience, all_ended);
}

std::vector<std::uint64_t> Acceptor::beats() const {
    std::vector<std::uint64_t> beats;
    for (const auto& loop : loops_) beats.push_back(loop->beats());
    return beats;
}

Acceptor::Loop& Acceptor::least_loaded() const noexcept {
    return **std::min_element(loops_.begin(), loops_.end(), [](const auto& a, const auto& b) {
        return a->connections() < b->connections();
    });
}

}  // namespace fcgi
