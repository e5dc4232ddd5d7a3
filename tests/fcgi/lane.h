// A lane whose handler does what the path says, and the requests for it.
#pragma once

#include <poll.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

#include "fcgi/acceptor.h"
#include "support/fastcgi_client.h"
#include "support/listening_socket.h"

using support::FastcgiClient;
using support::FastcgiParameters;
using namespace std::chrono_literals;

namespace fcgi_test {

struct Library {
    Library() { fcgi::start_library(); }
};

inline const FastcgiParameters get{{"REQUEST_METHOD", "GET"}, {"POSTERN_PATH", "/"}};

inline FastcgiParameters post(std::size_t length) {
    return {{"REQUEST_METHOD", "POST"},
            {"POSTERN_PATH", "/"},
            {"CONTENT_LENGTH", std::to_string(length)}};
}

inline FastcgiParameters later(const char* path) {
    return {{"REQUEST_METHOD", "GET"}, {"POSTERN_PATH", path}};
}

// A lane whose handler answers with what it was asked, and counts. Its listener is its own unless
// the settings have one.
class Lane {
  public:
    explicit Lane(int threads = 1, std::chrono::milliseconds peer_timeout = 5s,
                  std::chrono::milliseconds drain_timeout = 10s) {
        fcgi::LaneSettings settings;
        settings.threads = threads;
        settings.peer_timeout = peer_timeout;
        settings.drain_timeout = drain_timeout;
        start(settings);
    }
    explicit Lane(fcgi::LaneSettings settings) { start(settings); }

    [[nodiscard]] int listener() const { return socket_.descriptor(); }
    [[nodiscard]] const std::string& path() const { return socket_.path(); }
    [[nodiscard]] bool is_somebody_waiting() const {
        pollfd listener{socket_.descriptor(), POLLIN, 0};
        return poll(&listener, 1, 0) == 1;
    }
    fcgi::Acceptor& acceptor() { return *acceptor_; }
    [[nodiscard]] int calls() const { return calls_; }
    std::set<int> threads_used() {
        const std::lock_guard lock(mutex_);
        return threads_;
    }

    // The next requests wait in the handler until open_door().
    void close_door() { set_door(false); }
    void open_door() { set_door(true); }
    void wait_for_calls(int count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return calls_ >= count; });
    }

  private:
    void start(fcgi::LaneSettings settings) {
        static const Library library;
        if (settings.listener < 0) settings.listener = socket_.descriptor();
        settings.max_body_bytes = 64 * 1024;
        acceptor_.emplace(settings, [this](const http::Request& request, int thread) {
            return answer(request, thread);
        });
    }

    http::Response answer(const http::Request& request, int thread) {
        std::unique_lock lock(mutex_);
        ++calls_;
        threads_.insert(thread);
        changed_.notify_all();
        changed_.wait(lock, [&] { return door_open_ || request.path == "/past"; });
        if (request.path == "/throw") throw std::runtime_error("handler");
        http::Response response;
        response.body = "body=" + request.body;
        if (request.path == "/slow") std::this_thread::sleep_for(20ms);
        if (request.path == "/later") response.not_before = request.taken_up + 300ms;
        if (request.path == "/much_later") response.not_before = request.taken_up + 600ms;
        if (request.path == "/never") response.not_before = request.taken_up + 1h;
        if (request.path == "/large") response.body.assign(1'000'000, 'x');
        return response;
    }

    void set_door(bool open) {
        const std::lock_guard lock(mutex_);
        door_open_ = open;
        changed_.notify_all();
    }

    support::ListeningSocket socket_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool door_open_ = true;
    std::atomic<int> calls_ = 0;
    std::set<int> threads_;
    std::optional<fcgi::Acceptor> acceptor_;
};

inline bool is_status(const std::string& answer, int status) {
    return answer.starts_with("Status: " + std::to_string(status));
}

}  // namespace fcgi_test
