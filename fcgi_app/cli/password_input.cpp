#include "cli/password_input.h"

#include <poll.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <iostream>
#include <string>

#include "cli/command.h"

namespace cli {
namespace {

constexpr std::size_t longest_line = 4'096;

volatile sig_atomic_t interrupted_by = 0;

// Without echo for its life. A signal that would end or stop the program in that time ends the
// waiting instead, and takes its effect when the terminal is as it was. These signals are blocked
// but for the wait itself: one that came just before it would else be noticed only with the next
// key.
class QuietTerminal {
  public:
    QuietTerminal() {
        interrupted_by = 0;
        sigset_t blocked;
        sigemptyset(&blocked);
        for (const int signal : signals) sigaddset(&blocked, signal);
        sigprocmask(SIG_BLOCK, &blocked, &mask_before_);
        struct sigaction note {};
        note.sa_handler = [](int signal) { interrupted_by = signal; };
        for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &note, &before_[i]);
        tcgetattr(STDIN_FILENO, &settings_);
        termios quiet = settings_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    ~QuietTerminal() {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings_);
        std::cerr << '\n';
        for (std::size_t i = 0; i < signals.size(); ++i) {
            sigaction(signals[i], &before_[i], nullptr);
        }
        sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
        if (interrupted_by != 0) raise(interrupted_by);
    }
    QuietTerminal(const QuietTerminal&) = delete;
    QuietTerminal& operator=(const QuietTerminal&) = delete;

    // False when a signal came first.
    [[nodiscard]] bool wait_for_a_line() const {
        pollfd input{STDIN_FILENO, POLLIN, 0};
        return ppoll(&input, 1, nullptr, &mask_before_) == 1;
    }

  private:
    static constexpr std::array signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
    std::array<struct sigaction, signals.size()> before_{};
    sigset_t mask_before_{};
    termios settings_{};
};

// Byte by byte, past any buffer: what follows the line stays unread, and no copy is left behind.
base::Secret read_line() {
    std::string line;
    line.reserve(longest_line);  // so that it never moves
    bool ended = false;
    while (!ended && line.size() < longest_line) {
        char byte = 0;
        const ssize_t got = read(STDIN_FILENO, &byte, 1);
        if (got < 0 && errno == EINTR) continue;
        ended = got <= 0 || byte == '\n';
        if (!ended) line += byte;
    }
    if (line.ends_with('\r')) line.pop_back();
    base::Secret secret(std::move(line));
    if (!ended) throw Refused("the line on standard input is too long for a password");
    return secret;
}

base::Secret ask_quietly(const char* prompt) {
    const QuietTerminal quiet;  // first: nothing that is typed at the prompt is ever shown
    std::cerr << prompt << std::flush;
    return quiet.wait_for_a_line() ? read_line() : base::Secret();
}

}  // namespace

base::Secret read_new_password() {
    const bool at_terminal = isatty(STDIN_FILENO) == 1;
    base::Secret password = at_terminal ? ask_quietly("New password: ") : read_line();
    if (interrupted_by != 0 || password.empty()) throw Refused("no password was given");
    if (at_terminal && !(ask_quietly("The same again: ") == password)) {
        throw Refused("the two passwords differ");
    }
    return password;
}

bool confirm(const std::string& question) {
    if (isatty(STDIN_FILENO) != 1) {
        throw WrongUse("there is no terminal to ask at; say --yes to do it without asking");
    }
    std::cerr << question << " [y/N] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "yes";
}

}  // namespace cli
