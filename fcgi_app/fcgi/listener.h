// A loop's side of the listening socket that it shares with others: when its epoll set watches the
// socket, and which connections it takes.
//
// It is not watched while others are to take what comes (line.h), while there is no descriptor left
// for one more (it stays ready, so watching it on would spin), and when it was closed.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <thread>

#include "fcgi/line.h"
#include "fcgi/load.h"

namespace fcgi {

class Listener {
  public:
    using Moment = std::chrono::steady_clock::time_point;

    // The descriptors are the caller's; the listening one does not block. Without a line (an empty
    // name, or a file that cannot be had: logged) whoever is woken takes. Throws std::system_error.
    Listener(int epoll, int descriptor, const std::filesystem::path& line,
             unsigned cores = std::thread::hardware_concurrency());
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    [[nodiscard]] bool has_line() const noexcept { return line_.has_value(); }

    // Around what lay ready together.
    void turn_begins(Moment now) noexcept;
    void turn_ends(Moment now) noexcept;

    // When there is something to take: a connection, the caller's from here on; nothing where it is
    // left to others or was gone.
    [[nodiscard]] std::optional<int> take() noexcept;

    // When wakes_at() has come: the same for what others have let lie.
    [[nodiscard]] std::optional<int> wake() noexcept;
    [[nodiscard]] std::optional<Moment> wakes_at() const noexcept { return rests_until_; }

    void close() noexcept;  // for good; the socket stays open for others

  private:
    bool watch() noexcept;
    void go_behind() noexcept;
    void rest(std::chrono::milliseconds span) noexcept;
    std::optional<int> accept_one() noexcept;
    void tell_line(void (Load::*what)(Moment), Moment now) noexcept;

    const int epoll_;
    const int descriptor_;
    std::optional<Line> line_;
    Load load_;
    std::optional<Moment> rests_until_;  // not watched
    bool is_closed_ = false;
};

}  // namespace fcgi
