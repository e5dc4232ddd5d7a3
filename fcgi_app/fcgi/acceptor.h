// From a listening unix socket to a handler and back: FastCGI for one lane of one worker.
//
// Strategy:
//  1. libfcgi only parses (connection.h). Its own accept loop ends on EMFILE, holds a thread for
//     each kept connection and cannot be drained, so connections are accepted here and handed to it
//     one request at a time.
//  2. Every thread has an epoll set of its own with the shared listener (EPOLLEXCLUSIVE) and its
//     connections. A kept connection that is idle lies in epoll and holds no thread. What is ready
//     together is a turn of the loop. A new connection goes to the thread of this lane that has the
//     fewest; or, where there is a line (line.h), to the first loops of all workers that are busy
//     and not full.
//  3. nginx is the one who closes a kept connection. Closing it from here could cross with a
//     request on its way, which nginx may not repeat when it is a POST.
//  4. Draining: no new connections; kept ones are served until nginx closes them (keepalive_timeout
//     and keepalive_time of 2 s in nginx/), at most drain_timeout; then they are closed from here.
//     A connection accepted just now has a request on its way and is kept like the others.
//  5. A request that may change something is read here and answered by another thread (changers.h),
//     its connection being nobody else's until then.
//  6. Nothing but stop() ends a thread: not EMFILE (the listener rests for a moment), not a peer
//     that sends garbage or one byte (reads and writes time out), not an exception.
//  7. A request is read when the whole of it has arrived (framing.h): half of one, or a byte now
//     and then, holds its connection for peer_timeout and no thread.
//  8. An answer that is not due yet (Response::not_before) holds its connection and some kilobytes,
//     and no thread: its loop keeps it until its moment has come. (What the changers answer leaves
//     at once.)
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "fcgi/changers.h"
#include "http/request.h"
#include "http/response.h"

namespace fcgi {

class Connection;

// Called on a lane's thread; `thread` counts from 0, first the loops' threads, then the changing
// ones. An exception closes the connection.
using Handler = std::function<http::Response(const http::Request& request, int thread)>;

struct LaneSettings {
    http::Lane lane = http::Lane::quick;
    int listener = -1;             // listening, non-blocking; owned by the caller
    std::filesystem::path line{};  // the file of the listener's line (line.h); empty: none
    int threads = 1;
    int changing_threads = 0;  // none: the threads above answer everything
    int niceness = 0;          // of the threads: a hashing thread gives way to a quick one
    std::size_t max_body_bytes = 64 * 1024;
    // Called by a loop's thread around what lay ready together, so that those requests can share
    // something; `thread` as for the Handler. Each of them had arrived, if only in part, before its
    // turn began. What an exception leaves out is done without.
    std::function<void(int thread)> turn_begins{};
    std::function<void(int thread)> turn_ends{};
    // For a request to arrive from its first byte on, and for one read or write on a connection.
    std::chrono::milliseconds peer_timeout{5'000};
    std::chrono::milliseconds drain_timeout{10'000};
};

// Prepares libfcgi. Call once, with all signals blocked, before any thread is started: it installs
// signal handlers where it finds the default, and SIGPIPE is ignored afterwards.
void start_library();

class Acceptor {
  public:
    // Starts the threads. All signals must be blocked in the calling thread. Throws
    // std::system_error.
    Acceptor(LaneSettings settings, Handler handler);
    ~Acceptor();  // stop() and join()
    Acceptor(const Acceptor&) = delete;
    Acceptor& operator=(const Acceptor&) = delete;

    void stop() noexcept;  // begins to drain and returns at once; any thread; twice is once
    void join();           // returns when every thread has drained

    // The same, for at most that long; whether every thread has drained.
    [[nodiscard]] bool join_for(std::chrono::milliseconds patience);

    // One count a thread, going up with every turn of its loop and at least once a second: one that
    // stands still is a thread that hangs. For the watchdog; any thread.
    [[nodiscard]] std::vector<std::uint64_t> beats() const;

  private:
    class Loop;
    Loop& least_loaded() const noexcept;
    // Nothing when the handler failed: then the connection is closed.
    std::optional<http::Response> response_to(const http::Request& request,
                                              int thread) const noexcept;
    void send(Connection& connection, const std::optional<http::Response>& response) const noexcept;

    const LaneSettings settings_;
    const Handler handler_;
    std::atomic<int> draining_loops_{0};
    std::mutex mutex_;
    std::condition_variable loop_ended_;
    int ended_loops_ = 0;  // guarded by mutex_
    std::vector<std::unique_ptr<Loop>> loops_;
    Changers changers_;
    std::vector<std::thread> threads_;
};

}  // namespace fcgi
