// A program at a terminal of its own, as a person would use it.
#pragma once

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/process.h"

namespace support {

class Terminal {
  public:
    explicit Terminal(const std::vector<std::string>& words) {
        child_ = forkpty(&terminal_, nullptr, nullptr, nullptr);
        if (child_ < 0) throw std::runtime_error("forkpty");
        if (child_ > 0) {
            // Held open, so that its settings can be looked at when the program is gone.
            side_ = open(ptsname(terminal_), O_RDWR | O_NOCTTY | O_CLOEXEC);
            return;
        }
        std::vector<char*> arguments;
        for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
        arguments.push_back(nullptr);
        execv(arguments[0], arguments.data());
        _exit(127);
    }
    ~Terminal() {
        if (child_ > 0 && kill(child_, SIGKILL) == 0) (void)exit_code_of(child_);
        close(side_);
        close(terminal_);
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    // Until the program has shown it; throws after ten seconds without a word.
    void wait_for(const std::string& text) {
        while (shown_.find(text) == std::string::npos) {
            if (!read_some(10'000)) throw std::runtime_error("not shown: " + text);
        }
        shown_.erase(0, shown_.find(text) + text.size());
    }

    void type(const std::string& keys) {
        if (write(terminal_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size())) {
            throw std::runtime_error("type");
        }
    }

    [[nodiscard]] bool echoes() const {
        termios settings{};
        tcgetattr(side_, &settings);
        return (settings.c_lflag & ECHO) != 0;
    }

    // Waits for its end; `out` is all that was shown since the last wait_for().
    [[nodiscard]] Ended end() {
        const int code = exit_code_of(child_);
        child_ = -1;
        while (read_some(0)) {
        }
        return {code, shown_, ""};
    }

  private:
    bool read_some(int timeout_ms) {
        pollfd ready{terminal_, POLLIN, 0};
        if (poll(&ready, 1, timeout_ms) != 1) return false;
        std::array<char, 4'096> bytes{};
        const ssize_t got = read(terminal_, bytes.data(), bytes.size());
        if (got <= 0) return false;
        shown_.append(bytes.data(), static_cast<std::size_t>(got));
        return true;
    }

    int terminal_ = -1;
    int side_ = -1;
    pid_t child_ = -1;
    std::string shown_;
};

}  // namespace support
