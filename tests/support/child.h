// What must not happen to the test program itself: done in a child process.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>

namespace support {

// Runs the function in a child and gives its exit code; -1 when it was ended by a signal, 255 when
// it threw. No threads may be running.
template <class Function>
int exit_code_in_child(Function function) {
    std::fflush(nullptr);  // or the child might write it again
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("fork");
    if (child == 0) {
        try {
            _exit(function());
        } catch (...) {
            _exit(255);
        }
    }
    int status = 0;
    if (waitpid(child, &status, 0) != child) throw std::runtime_error("waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace support
