// Situations with several processes: a part of the test that runs in a process of its own.
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <utility>

namespace support {

// A baton between processes or threads: await() returns when somebody has called give().
class Baton {
  public:
    Baton() {
        if (pipe(ends_.data()) != 0) throw std::runtime_error("pipe");
    }
    ~Baton() {
        close(ends_[0]);
        close(ends_[1]);
    }
    Baton(const Baton&) = delete;
    Baton& operator=(const Baton&) = delete;

    void give() {
        if (write(ends_[1], "x", 1) != 1) throw std::runtime_error("baton: write");
    }
    void await() {
        char byte = 0;
        if (read(ends_[0], &byte, 1) != 1) throw std::runtime_error("baton: read");
    }

  private:
    std::array<int, 2> ends_{};
};

// The exit status; 128 and the signal's number for a child that was killed.
[[nodiscard]] inline int exit_code_of(pid_t child) {
    int status = 0;
    if (waitpid(child, &status, 0) != child) throw std::runtime_error("waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Runs the function in a child; an exception there ends it with 255, its return with what it gives.
// Killed and reaped when it goes.
class ChildProcess {
  public:
    template <typename Function>
    explicit ChildProcess(Function&& function) {
        std::fflush(nullptr);  // or the child might write it again
        pid_ = fork();
        if (pid_ < 0) throw std::runtime_error("fork");
        if (pid_ > 0) return;
        try {
            _exit(function());
        } catch (const std::exception& error) {
            std::fprintf(stderr, "child process: %s\n", error.what());
        } catch (...) {
        }
        _exit(255);
    }
    ~ChildProcess() {
        if (pid_ <= 0) return;
        send(SIGKILL);
        (void)wait();
    }
    ChildProcess(ChildProcess&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;
    ChildProcess& operator=(ChildProcess&&) = delete;

    void send(int signal) const { kill(pid_, signal); }
    [[nodiscard]] int wait() { return exit_code_of(std::exchange(pid_, -1)); }

  private:
    pid_t pid_ = -1;
};

// For what must not happen to the test program itself. No threads may be running.
template <typename Function>
[[nodiscard]] int exit_code_in_child(Function&& function) {
    return ChildProcess(std::forward<Function>(function)).wait();
}

}  // namespace support
