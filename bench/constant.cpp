// The acceptor of Postern with a handler that answers a constant: what nginx, libfcgi and the
// kernel cost before any of our work is done. A yardstick for script/bench.
//
//   bench_constant SOCKET THREADS
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <iostream>
#include <string>

#include "fcgi/acceptor.h"

namespace {

// As large as an answer of `session`.
constexpr const char* body =
    R"({"account":{"id":"4611686018427387904","email":"visitor@example.net","name":"Visitor",)"
    R"("roles":["user"]},"session":{"created_at":"2026-01-01T00:00:00Z",)"
    R"("expires_at":"2026-01-01T12:00:00Z"}})";

int listen_on(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    unlink(path.c_str());
    const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (bind(listener, generic, sizeof address) != 0 || listen(listener, 4096) != 0) return -1;
    return listener;
}

http::Response answer(const http::Request& /*request*/, int /*thread*/) {
    return http::json(200, body);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "bench_constant SOCKET THREADS\n";
        return 2;
    }
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    fcgi::start_library();
    fcgi::LaneSettings settings;
    settings.listener = listen_on(argv[1]);
    settings.threads = std::stoi(argv[2]);
    if (settings.listener < 0) {
        std::cerr << "bench_constant: cannot listen on " << argv[1] << "\n";
        return 1;
    }
    const fcgi::Acceptor acceptor(settings, answer);
    int signal = 0;
    sigwait(&all, &signal);
    _exit(0);
}
