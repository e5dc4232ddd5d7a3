// For LD_PRELOAD: tells how long each process of Postern's held the write gate, and how often.
//
// $BENCH_GATE is the gate's file ("<database>-gate"), $BENCH_GATE_LOG where a line is added each
// time that it is left: "PID MICROSECONDS". The line is written after leaving, so it holds nobody
// up.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace {

using Clock = std::chrono::steady_clock;

thread_local Clock::time_point entered_at;  // a thread is in one gate at a time

bool is_gate(int descriptor) {
    const char* name = std::getenv("BENCH_GATE");
    struct stat gate {};
    struct stat asked {};
    return name != nullptr && stat(name, &gate) == 0 && fstat(descriptor, &asked) == 0 &&
           gate.st_ino == asked.st_ino && gate.st_dev == asked.st_dev;
}

void tell(Clock::duration held) {
    static const int log = [] {
        const char* name = std::getenv("BENCH_GATE_LOG");
        return name == nullptr ? -1 : open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    }();
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(held).count();
    char line[64];
    const int size =
        std::snprintf(line, sizeof line, "%d %lld\n", getpid(), static_cast<long long>(micros));
    if (write(log, line, static_cast<std::size_t>(size)) != size) std::abort();
}

}  // namespace

extern "C" int flock(int descriptor, int operation) noexcept {
    using Flock = int (*)(int, int);
    static const auto real = reinterpret_cast<Flock>(dlsym(RTLD_NEXT, "flock"));
    const bool leaves = operation == LOCK_UN && entered_at != Clock::time_point();
    const auto held = Clock::now() - entered_at;
    const int result = real(descriptor, operation);
    if (result == 0 && (operation & LOCK_EX) != 0 && is_gate(descriptor)) entered_at = Clock::now();
    if (leaves && is_gate(descriptor)) {
        entered_at = {};
        tell(held);
    }
    return result;
}
