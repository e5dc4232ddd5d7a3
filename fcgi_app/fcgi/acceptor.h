// From a listening unix socket to a handler and back: FastCGI for one lane of one worker.
// The only includer of fcgiapp.h.
//
// Strategy:
//  1. libfcgi only parses. Its own accept loop ends on EMFILE, holds a thread for each kept
//  connection
//     and cannot be drained, so connections are accepted here and handed to it one request at a
//     time.
//  2. Every thread has an epoll set of its own with the shared listener (EPOLLEXCLUSIVE) and its
//  connections. A kept
//     connection that is idle lies in epoll and holds no thread.
//  3. nginx is the one who closes a kept connection. Closing it from here could cross with a
//  request
//     on its way, which nginx may not repeat when it is a POST.
//  4. Standard input is read to its end, or the connection is closed: bytes of a body left in the
//     socket would be parsed as the next FastCGI request (smuggling).
//  5. The body must be exactly CONTENT_LENGTH bytes; otherwise 400 and the handler is not called.
//  6. Draining: no new connections; kept ones are served until nginx closes them (keepalive_timeout
//  2s in nginx/), at most drain_timeout. A connection
//     accepted just now has a request on its way and counts as one.
//  7. Nothing but stop() ends a thread: not EMFILE, not a peer that sends garbage or one byte
//  (receive and send time out).
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "http/request.h"
#include "http/response.h"

namespace fcgi {

// Called on a lane's thread; `thread` counts from 0. Must not throw.
using Handler = std::function<http::Response(const http::Request& request, int thread)>;

struct LaneSettings {
    http::Lane lane = http::Lane::quick;
    int listener = -1;  // listening, non-blocking; owned by the caller
    int threads = 1;
    int niceness = 0;  // of the threads: a hashing thread yields to a quick one
    std::size_t max_body_bytes = 64 * 1024;
    std::chrono::milliseconds peer_timeout{5'000};  // for one read or write on a connection
    std::chrono::milliseconds drain_timeout{10'000};
};

class Acceptor {
  public:
    // Starts the threads. All signals must be blocked in the calling thread.
    Acceptor(LaneSettings settings, Handler handler);
    ~Acceptor();  // stop() and join()
    Acceptor(const Acceptor&) = delete;
    Acceptor& operator=(const Acceptor&) = delete;

    void stop() noexcept;  // begins to drain; returns at once; any thread, twice is once
    void join();           // returns when all threads have drained

    // Counts up with every turn of each thread's loop (at least one a second when idle): a number
    // that stands still is a thread that hangs. For the watchdog.
    [[nodiscard]] std::vector<std::uint64_t> beats() const;

  private:
    class Loop;
    std::vector<std::unique_ptr<Loop>> loops_;
    std::vector<std::thread> threads_;
};

}  // namespace fcgi
