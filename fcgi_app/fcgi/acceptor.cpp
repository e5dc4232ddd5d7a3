#include "fcgi/acceptor.h"

#include <sched.h>
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
#include <map>
#include <set>
#include <span>
#include <string>
#include <system_error>

#include "base/descriptor.h"
#include "base/log.h"
#include "fcgi/connection.h"
#include "fcgi/framing.h"
#include "fcgi/lane_metrics.h"
#include "fcgi/listener.h"
#include "fcgi/load.h"

namespace fcgi {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds longest_sleep{1'000};
constexpr milliseconds short_sleep{50};  // while draining

// Parameters and framing; nginx sends some kilobytes of them.
constexpr std::size_t most_beside_body = 64 * 1024;

constexpr std::uint32_t for_connections = EPOLLIN | EPOLLRDHUP;

void require(bool succeeded, const char* what) {
    if (!succeeded) throw std::system_error(errno, std::generic_category(), what);
}

int opened(int descriptor, const char* what) {
    require(descriptor >= 0, what);
    return descriptor;
}

void set_timeouts(int descriptor, milliseconds span) {
    const timeval time{span.count() / 1000, (span.count() % 1000) * 1000};
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

}  // namespace

// One thread of a lane: its epoll set and its connections.
class Acceptor::Loop {
  public:
    Loop(Acceptor& acceptor, int number)
        : acceptor_(acceptor),
          number_(number),
          epoll_(opened(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
          wake_(opened(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")),
          listener_(epoll_, acceptor.settings_.listener, acceptor.settings_.line),
          connection_(make_connection()) {
        require(watch(wake_, EPOLLIN), "epoll_ctl");
    }

    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    void run() {
        const LaneSettings& settings = acceptor_.settings_;
        setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), settings.niceness);
        while (!is_drained()) {
            std::array<epoll_event, 64> events;
            const int count = wait_for(events);
            beats_.fetch_add(1, std::memory_order_relaxed);
            // What another loop accepted for this one was accepted before: epoll sees to that, and
            // this tells ThreadSanitizer, which does not know epoll_pwait2.
            (void)connections();
            welcome(listener_.wake());
            if (count > 0) take_turn(std::span(events).first(static_cast<std::size_t>(count)));
            send_due();
            drop_late_halves();
        }
        end();
    }

    void stop() noexcept {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto ignored = write(wake_, &one, sizeof one);
    }

    // The connection is counted first: this loop's thread may be done with it before the call is.
    void adopt(int descriptor) noexcept {
        connections_.fetch_add(1, std::memory_order_release);
        base::raise(metrics_.open);
        park(descriptor);
    }

    int connections() const noexcept { return connections_.load(std::memory_order_acquire); }
    std::uint64_t beats() const noexcept { return beats_.load(std::memory_order_relaxed); }

  private:
    bool watch(int descriptor, std::uint32_t events) noexcept {
        epoll_event event{};
        event.events = events;
        event.data.fd = descriptor;
        return epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) == 0;
    }

    // The kernel may have no room for one more (a user's bound, its memory), and whoever answers
    // another's request may be later than the end of the drain.
    void park(int descriptor) noexcept {
        const std::lock_guard lock(parked_mutex_);
        if (!has_ended_ && watch(descriptor, for_connections)) {
            parked_.insert(descriptor);
            return;
        }
        if (!has_ended_) {
            base::log(base::Level::error, "connection_lost",
                      {{"what", std::generic_category().message(errno)}});
        }
        close(descriptor);
        count_off();
    }

    // From here on it is another's, or nobody's: the number may be a new connection's already.
    void unpark(int descriptor) noexcept {
        const std::lock_guard lock(parked_mutex_);
        parked_.erase(parked_.find(descriptor));
    }

    void unwatch(int descriptor) { epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr); }

    void take_turn(std::span<const epoll_event> events) {
        const auto began = steady_clock::now();
        listener_.turn_begins(began);
        call(acceptor_.settings_.turn_begins);
        for (const epoll_event& event : events) {
            handle(event);
            send_due();
        }
        call(acceptor_.settings_.turn_ends);
        const auto ended = steady_clock::now();
        listener_.turn_ends(ended);
        // A lane that is nice gives way as it is.
        if (acceptor_.settings_.niceness == 0 && is_long_and_dear(ended - began, events.size())) {
            sched_yield();
        }
    }

    void call(const std::function<void(int)>& function) const noexcept {
        try {
            if (function) function(number_);
        } catch (const std::exception& error) {
            base::log(base::Level::error, "turn_failed", {{"what", error.what()}});
        }
    }

    void handle(const epoll_event& event) {
        const int descriptor = event.data.fd;
        if (descriptor == listener_.descriptor()) {
            welcome(listener_.take());
        } else if (descriptor == wake_) {
            start_draining();
        } else if (is_to_be_read(descriptor, event.events)) {
            serve(descriptor);
        }
    }

    // ---- requests of which a part has arrived ----

    // Nothing more comes from whoever has hung up, so reading waits for nothing.
    bool is_to_be_read(int descriptor, std::uint32_t events) {
        const bool is_over = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
        const std::size_t most = acceptor_.settings_.max_body_bytes + most_beside_body;
        switch (is_over ? Arrived::whole : arrived_at(descriptor, most)) {
            case Arrived::nothing:
                return false;
            case Arrived::part:
                if (halves_.try_emplace(descriptor, steady_clock::now()).second) {
                    watch_differently(descriptor, for_connections | EPOLLET);
                }
                return false;
            case Arrived::excess:
                abandon(descriptor);
                return false;
            case Arrived::whole:
                break;
        }
        if (halves_.erase(descriptor) != 0) watch_differently(descriptor, for_connections);
        return true;
    }

    // Level by level, half a request would wake this loop all the time; edge by edge, with each
    // further piece.
    void watch_differently(int descriptor, std::uint32_t events) {
        epoll_event event{};
        event.events = events;
        event.data.fd = descriptor;
        epoll_ctl(epoll_, EPOLL_CTL_MOD, descriptor, &event);
    }

    void abandon(int descriptor) {
        halves_.erase(descriptor);
        unpark(descriptor);
        close(descriptor);
        count_off();
    }

    void drop_late_halves() {
        if (halves_.empty()) return;
        const auto latest = steady_clock::now() - acceptor_.settings_.peer_timeout;
        std::vector<int> late;
        for (const auto& [descriptor, since] : halves_) {
            if (since <= latest) late.push_back(descriptor);
        }
        for (const int descriptor : late) abandon(descriptor);
    }

    // ---- connections ----

    void welcome(std::optional<int> connection) {
        if (!connection) return;
        set_timeouts(*connection, acceptor_.settings_.peer_timeout);
        (listener_.has_line() ? *this : acceptor_.least_loaded()).adopt(*connection);
    }

    void serve(int descriptor) {
        const http::Request* request = read(descriptor);
        if (request != nullptr && may_wait(*request)) return hand_over(descriptor, *request);
        if (request != nullptr) {
            auto response = acceptor_.response_to(*request, number_);
            if (response && response->not_before > steady_clock::now()) {
                return hold(descriptor, *std::move(response));
            }
            acceptor_.send(*connection_, response);
        }
        if (connection_->is_kept()) return;
        unpark(descriptor);
        count_off();
    }

    // ---- answers that are not due yet ----

    // What waits for its moment: an answer, and the connection that has its request.
    struct Held {
        int descriptor;
        std::shared_ptr<Connection> connection;
        http::Response response;
    };

    // What the other side does meanwhile (it may hang up) is looked at afterwards.
    void hold(int descriptor, http::Response response) {
        unwatch(descriptor);
        unpark(descriptor);
        const auto due = response.not_before;
        held_.emplace(due,
                      Held{descriptor, std::exchange(connection_, spare()), std::move(response)});
    }

    void send_due() {
        while (!held_.empty() && held_.begin()->first <= steady_clock::now()) {
            const auto next = held_.extract(held_.begin());
            const Held& held = next.mapped();
            acceptor_.send(*held.connection, held.response);
            take_back(held.descriptor, held.connection);
        }
    }

    // To the nanosecond: in whole milliseconds, the moment of an answer would still tell when it
    // was ready.
    int wait_for(std::span<epoll_event> events) const {
        constexpr std::chrono::seconds second(1);
        std::chrono::nanoseconds sleep = draining_ ? short_sleep : longest_sleep;
        const auto wake_at = [&sleep](steady_clock::time_point moment) {
            const std::chrono::nanoseconds left = moment - steady_clock::now();
            sleep = std::clamp(left, std::chrono::nanoseconds(0), sleep);
        };
        if (listener_.wakes_at()) wake_at(*listener_.wakes_at());
        if (!held_.empty()) wake_at(held_.begin()->first);
        const timespec span{sleep / second, (sleep % second).count()};
        return epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &span, nullptr);
    }

    const http::Request* read(int descriptor) {
        try {
            return connection_->read(descriptor);
        } catch (const std::exception& error) {
            base::log(base::Level::error, "request_aborted", {{"what", error.what()}});
            connection_->drop();
            return nullptr;
        }
    }

    bool may_wait(const http::Request& request) const {
        return acceptor_.changers_.any() && request.method != http::Method::get &&
               request.method != http::Method::head;
    }

    // The descriptor is not watched meanwhile: a peer that hangs up would wake this loop all the
    // time.
    void hand_over(int descriptor, const http::Request& request) {
        unwatch(descriptor);
        unpark(descriptor);
        std::shared_ptr<Connection> connection = std::exchange(connection_, spare());
        acceptor_.changers_.hand_over([this, descriptor, connection, &request](int thread) {
            const int number = acceptor_.settings_.threads + thread;
            acceptor_.send(*connection, acceptor_.response_to(request, number));
            take_back(descriptor, connection);
        });
    }

    // When it was answered, on whichever thread.
    void take_back(int descriptor, const std::shared_ptr<Connection>& connection) noexcept {
        const bool kept = connection->is_kept();
        {
            const std::lock_guard lock(spares_mutex_);
            spares_.push_back(connection);
        }
        if (kept) return park(descriptor);
        count_off();
    }

    std::shared_ptr<Connection> spare() {
        const std::lock_guard lock(spares_mutex_);
        if (spares_.empty()) return make_connection();
        auto connection = std::move(spares_.back());
        spares_.pop_back();
        return connection;
    }

    std::shared_ptr<Connection> make_connection() const {
        return std::make_shared<Connection>(acceptor_.settings_.lane,
                                            acceptor_.settings_.max_body_bytes);
    }

    void count_off() noexcept {
        connections_.fetch_sub(1, std::memory_order_relaxed);
        base::lower(metrics_.open);
    }

    void start_draining() {
        if (draining_) return;
        draining_ = true;
        acceptor_.draining_loops_.fetch_add(1);
        drain_ends_ = steady_clock::now() + acceptor_.settings_.drain_timeout;
        unwatch(wake_);
        listener_.close();
    }

    // Whoever is left learns that nobody will answer; after a reload the process goes on, and would
    // keep them waiting. What a changing thread still has is closed when it is answered.
    void end() {
        for (const auto& [due, held] : held_) {
            held.connection->drop();
            count_off();
        }
        const std::lock_guard lock(parked_mutex_);
        has_ended_ = true;
        for (const int descriptor : parked_) {
            close(descriptor);
            count_off();
        }
    }

    // A loop that does not drain yet may still hand a connection over, so the first one waits for
    // the last.
    bool is_drained() const {
        if (!draining_) return false;
        const bool all_drain =
            acceptor_.draining_loops_.load() == static_cast<int>(acceptor_.loops_.size());
        return (all_drain && connections() == 0) || steady_clock::now() >= drain_ends_;
    }

    Acceptor& acceptor_;
    const int number_;
    const LaneMetrics metrics_ = metrics_of(acceptor_.settings_.lane);
    const base::Descriptor epoll_;
    const base::Descriptor wake_;
    Listener listener_;
    std::atomic<int> connections_{0};
    std::atomic<std::uint64_t> beats_{0};

    // The connections that lie in epoll. A number may stand here twice for a moment: libfcgi has
    // closed the one, and this loop was given the other before it knew.
    std::mutex parked_mutex_;
    std::multiset<int> parked_;  // guarded by parked_mutex_
    bool has_ended_ = false;     // guarded by parked_mutex_

    std::mutex spares_mutex_;
    std::vector<std::shared_ptr<Connection>> spares_;  // guarded by spares_mutex_

    // Only on the loop's thread.
    std::shared_ptr<Connection> connection_;              // the one that reads next
    std::multimap<steady_clock::time_point, Held> held_;  // by when it is due
    std::map<int, steady_clock::time_point> halves_;  // since when a part of a request lies there
    bool draining_ = false;
    steady_clock::time_point drain_ends_;
};

Acceptor::Acceptor(LaneSettings settings, Handler handler)
    : settings_(settings), handler_(std::move(handler)), changers_(settings.changing_threads) {
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
    for (const std::uint64_t beat : changers_.beats()) beats.push_back(beat);
    return beats;
}

std::optional<http::Response> Acceptor::response_to(const http::Request& request,
                                                    int thread) const noexcept {
    try {
        return handler_(request, thread);
    } catch (const std::exception& error) {
        base::log(base::Level::error, "request_aborted", {{"what", error.what()}});
        return std::nullopt;
    }
}

void Acceptor::send(Connection& connection,
                    const std::optional<http::Response>& response) const noexcept {
    try {
        return response ? connection.answer(*response) : connection.drop();
    } catch (const std::exception& error) {
        base::log(base::Level::error, "request_aborted", {{"what", error.what()}});
        connection.drop();
    }
}

Acceptor::Loop& Acceptor::least_loaded() const noexcept {
    return **std::min_element(loops_.begin(), loops_.end(), [](const auto& a, const auto& b) {
        return a->connections() < b->connections();
    });
}

}  // namespace fcgi
