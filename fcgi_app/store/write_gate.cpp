#include "store/write_gate.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <system_error>

#include "base/metrics.h"
#include "store/database.h"
#include "store/private_file.h"

namespace store {

namespace {

using Moment = std::chrono::steady_clock::time_point;

int alarm_signal() {
    return SIGRTMIN + 3;
}

void handle_alarm(int /*signal*/) {}  // its arrival is enough: flock gives EINTR

void install_handler() {
    static const int installed = [] {
        struct sigaction action {};
        action.sa_handler = handle_alarm;  // without SA_RESTART
        return sigaction(alarm_signal(), &action, nullptr);
    }();
    (void)installed;
}

// Interrupts this thread's system calls when the time is over, and every 10 ms from then on: the
// first signal may come just before flock begins to wait.
class Alarm {
  public:
    explicit Alarm(int after_ms) {
        install_handler();
        sigevent event{};
        event.sigev_notify = SIGEV_THREAD_ID;
        event.sigev_signo = alarm_signal();
        event._sigev_un._tid = gettid();
        if (timer_create(CLOCK_MONOTONIC, &event, &timer_) != 0)
            throw Error(SQLITE_NOMEM, std::string("write gate: no timer: ") +
                                          std::generic_category().message(errno));
        allow_signal();
        itimerspec when{};
        when.it_value.tv_sec = after_ms / 1'000;
        when.it_value.tv_nsec = after_ms % 1'000 * 1'000'000L;
        when.it_interval.tv_nsec = 10'000'000;
        timer_settime(timer_, 0, &when, nullptr);
    }
    ~Alarm() {
        timer_delete(timer_);
        pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
    }
    Alarm(const Alarm&) = delete;
    Alarm& operator=(const Alarm&) = delete;

  private:
    void allow_signal() {
        sigset_t alarm;
        sigemptyset(&alarm);
        sigaddset(&alarm, alarm_signal());
        pthread_sigmask(SIG_UNBLOCK, &alarm, &mask_before_);
    }
    timer_t timer_{};
    sigset_t mask_before_{};
};

[[noreturn]] void fail(int code, const std::filesystem::path& file, const std::string& why) {
    throw Error(code, "write gate " + file.string() + ": " + why);
}

// Each gives 0 or, like a system call, -1 and errno.
int take_door(int descriptor, bool wait) {
    return flock(descriptor, wait ? LOCK_EX : LOCK_EX | LOCK_NB);
}

int set_place(int descriptor, short type, bool wait) {
    struct flock place {};
    place.l_type = type;
    place.l_whence = SEEK_SET;
    place.l_len = 1;
    return fcntl(descriptor, wait ? F_OFD_SETLKW : F_OFD_SETLK, &place);
}

int take_place(int descriptor, bool wait) {
    return set_place(descriptor, F_WRLCK, wait);
}

// False when the time is over.
bool got(int (*take)(int, bool), int descriptor, Moment deadline) {
    if (take(descriptor, false) == 0) return true;
    const auto left = deadline - std::chrono::steady_clock::now();
    const auto left_ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    if (left_ms <= 0) return false;
    const Alarm alarm(static_cast<int>(left_ms));
    while (take(descriptor, true) != 0) {
        if (errno != EINTR)
            throw Error(SQLITE_IOERR_LOCK, "write gate: " + std::generic_category().message(errno));
        if (std::chrono::steady_clock::now() >= deadline) return false;
    }
    return true;
}

struct Place {
    int descriptor;
    ~Place() { set_place(descriptor, F_UNLCK, false); }
};

}  // namespace

WriteGate::WriteGate(const std::filesystem::path& database_file)
    : file_(database_file.string() + "-gate"), database_file_(database_file) {}

void WriteGate::open() {
    make_private_file(file_, database_file_);
    descriptor_ = base::Descriptor(::open(file_.c_str(), O_RDWR | O_CLOEXEC));
    if (!descriptor_.is_open())
        fail(SQLITE_CANTOPEN, file_, std::generic_category().message(errno));
}

bool WriteGate::got_in(Moment deadline) const {
    if (!got(take_place, descriptor_, deadline)) return false;
    const Place until_inside{descriptor_};
    return got(take_door, descriptor_, deadline);
}

bool WriteGate::is_the_file() const noexcept {
    struct stat mine {};
    struct stat named {};
    fstat(descriptor_, &mine);
    return stat(file_.c_str(), &named) == 0 && mine.st_ino == named.st_ino &&
           mine.st_dev == named.st_dev;
}

void WriteGate::enter(int timeout_ms) {
    const Moment start = std::chrono::steady_clock::now();
    const Moment deadline = start + std::chrono::milliseconds(timeout_ms);
    for (;;) {
        if (!descriptor_.is_open()) open();
        const bool inside = got_in(deadline);
        base::count_duration(base::Duration::gate_wait, std::chrono::steady_clock::now() - start);
        if (!inside)
            fail(SQLITE_BUSY_TIMEOUT, file_,
                 "not free within " + std::to_string(timeout_ms) + " ms");
        if (is_the_file()) return;
        descriptor_ = base::Descriptor();  // two doors would be none
    }
}

void WriteGate::leave() noexcept {
    flock(descriptor_, LOCK_UN);
}

}  // namespace store
