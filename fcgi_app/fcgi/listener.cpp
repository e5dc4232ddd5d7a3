#include "fcgi/listener.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/log.h"

namespace fcgi {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds until_there_may_be_room{50};

bool is_out_of_descriptors(int error) {
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

Listener::Listener(int epoll, int descriptor, const std::filesystem::path& line, unsigned cores)
    : epoll_(epoll), descriptor_(descriptor) {
    try {
        if (!line.empty()) line_.emplace(line, std::max(1U, cores));
    } catch (const std::system_error& error) {
        base::log(base::Level::warning, "line_not_shared", {{"what", error.what()}});
    }
    if (!watch()) throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

// The line has the order of the kernel: who begins to watch is the last to be woken.
bool Listener::watch() noexcept {
    if (line_) line_->go_to_the_end();
    epoll_event event{};
    event.events = EPOLLIN | EPOLLEXCLUSIVE;
    event.data.fd = descriptor_;
    return epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor_, &event) == 0;
}

void Listener::go_behind() noexcept {
    epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor_, nullptr);
    if (!watch()) rest(until_there_may_be_room);
}

void Listener::rest(std::chrono::milliseconds span) noexcept {
    epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor_, nullptr);
    rests_until_ = steady_clock::now() + span;
}

void Listener::turn_begins(Moment now) noexcept {
    if (line_) tell_line(&Load::turn_begins, now);
}

void Listener::turn_ends(Moment now) noexcept {
    if (line_) tell_line(&Load::turn_ends, now);
}

// With each turn, so that one which was passed over counts again as soon as it moves.
void Listener::tell_line(void (Load::*what)(Moment), Moment now) noexcept {
    const Load::Level before = load_.level();
    (load_.*what)(now);
    line_->set_level(load_.level());
    const bool has_become_full = load_.level() == Load::Level::full && before != load_.level();
    if (!has_become_full || rests_until_ || is_closed_) return;
    go_behind();
}

// A closed one may still be among the events that came together with the wish to close it.
std::optional<int> Listener::take() noexcept {
    if (is_closed_ || rests_until_) return std::nullopt;
    if (line_ && line_->others_take()) {
        rest(Line::patience);
        return std::nullopt;
    }
    const auto connection = accept_one();
    if (connection && line_ && load_.level() != Load::Level::busy) go_behind();
    return connection;
}

// One at a time: the next one belongs to whoever is free, here or in another worker.
std::optional<int> Listener::accept_one() noexcept {
    const int connection = accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection >= 0) return connection;
    if (is_out_of_descriptors(errno)) {
        base::log(base::Level::warning, "out_of_descriptors");
        rest(until_there_may_be_room);
    }
    return std::nullopt;
}

std::optional<int> Listener::wake() noexcept {
    if (!rests_until_ || is_closed_ || steady_clock::now() < *rests_until_) return std::nullopt;
    rests_until_.reset();
    const auto connection = line_ ? accept_one() : std::nullopt;
    if (connection) line_->pass_them_over();
    if (!rests_until_ && !watch()) rest(until_there_may_be_room);
    return connection;
}

void Listener::close() noexcept {
    is_closed_ = true;
    rests_until_.reset();
    if (line_) line_->leave();
    epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor_, nullptr);
}

}  // namespace fcgi
