// Which of the loops that share a listener takes a new connection: they stand in line, in all
// workers of a pool, and the first ones that are busy and not full (load.h) take it, as many as
// there are cores.
//
// Why: loops beyond the cores make each request dearer, nginx's part too. On two cores, four
// workers that shared evenly answered a fifth to a quarter fewer session checks than one. (That
// one should take all as long as it can was tried, too: when those who ask want dearer pages all at
// once, they wait for it until their connections are renewed.)
//
//  1. The kernel wakes the first of those who wait for the listener (EPOLLEXCLUSIVE), in the order
//     in which they began to watch it. The line is the same order, known to all: who begins to
//     watch stands at its end.
//  2. Who is woken although others take it (they are busy just now and will look at the listener
//     next) stands back: it does not watch the listener for a moment, and begins again at the end
//     of the line. If a connection still lies there it is taken then, and those who have let it lie
//     count as full. So one that hangs costs one connection for each who waits in vain a moment,
//     and nothing after that.
//  3. One that is full goes to the end of the line and stands back for whoever is not. When all are
//     full, everybody takes what he finds and goes to the end with it, so that they share evenly.
//  4. So they do when all are idle: those who come all at once may want pages that would fill a
//     loop. Whether fewer can bear them is seen when they are there, and they move with rule 5.
//  5. nginx renews its connections every two seconds (keepalive_time), so the line decides again
//     and again where the load is.
//
// Any number of lines may share a file, in one process or many; each is one loop's and used by its
// thread alone.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>

#include "base/shared_places.h"
#include "fcgi/load.h"

namespace fcgi {

class Line {
  public:
    // How long to stand back: several turns of a busy loop, and short for whoever waits.
    static constexpr std::chrono::milliseconds patience{10};

    // Opens the file or makes it. Throws std::system_error.
    Line(const std::filesystem::path& file, unsigned cores);
    ~Line();
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    void go_to_the_end() noexcept;  // also to join
    void leave() noexcept;

    void set_level(Load::Level level) noexcept;

    // Whether as many busy ones as there are cores stand before this one; when this one is full,
    // whether there is any who is not. (That others have passed it over does not make it full in
    // its own eyes.)
    [[nodiscard]] bool others_take() const noexcept;

    // They count as full until their next set_level().
    void pass_them_over() noexcept;

  private:
    // A loop's; nothing in it when it is not in line.
    struct alignas(64) Place {
        std::atomic<std::int64_t> since;  // steady_clock, ns
        std::atomic<Load::Level> level;
    };

    // Calls it with each who is to take before this one.
    template <typename Function>
    void each_before(Function function) const noexcept;

    const base::SharedPlaces<Place> places_;
    Place& own_;
    const unsigned cores_;
    Load::Level level_ = Load::Level::idle;
};

}  // namespace fcgi
