// How much of its time a loop has something to do, and what that says about one more connection and
// about the core that it ran on.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace fcgi {

class Load {
  public:
    using Moment = std::chrono::steady_clock::time_point;

    // Idle: what one more would mean is not known. Busy: it has shown that it keeps up, and one
    // more shares its turns. Full: those who ask wait for one another.
    enum class Level : std::uint8_t { idle, busy, full };

    // Judged once in a span: long enough not to take one wait for a core for a full loop, short
    // beside the two seconds for which nginx keeps a connection.
    static constexpr std::chrono::milliseconds span{100};

    // From so much of the time on. It is time by the clock, so one that waits for the disk is full
    // as well as one that computes.
    static constexpr int busy_percent = 10;
    static constexpr int full_percent = 90;

    // A loop that was full counts as full for as long as nginx keeps a connection: what was too
    // much for it goes on coming until then, and less would soon be too much again.
    static constexpr std::chrono::seconds memory{2};

    // Around what lay ready together.
    void turn_begins(Moment now) {
        judge(now);
        turn_began_ = now;
    }
    void turn_ends(Moment now) {
        busy_ += now - turn_began_;
        judge(now);
    }

    [[nodiscard]] Level level() const noexcept { return level_; }  // as of the last turn

  private:
    void judge(Moment now) {
        const auto passed = now - span_began_;
        if (passed < span) return;
        const bool is_busy = busy_ * 100 >= passed * busy_percent;
        if (busy_ * 100 >= passed * full_percent) full_until_ = now + memory;
        level_ = now < full_until_ ? Level::full : is_busy ? Level::busy : Level::idle;
        span_began_ = now;
        busy_ = {};
    }

    Moment span_began_{};
    Moment turn_began_{};
    Moment::duration busy_{};
    Moment full_until_{};
    Level level_ = Level::idle;
};

// Whether a loop gives up its core for once, after a turn that took so long for so many requests.
// nginx and the visitors have waited for a core meanwhile, and the scheduler may let them wait for
// its next tick, another four milliseconds. Where requests are cheap it comes out even: most of
// their time is nginx's, and it wakes the loop again at once.
[[nodiscard]] constexpr bool is_long_and_dear(std::chrono::steady_clock::duration turn,
                                              std::size_t requests) noexcept {
    using std::chrono::microseconds;
    return turn > microseconds(100) && turn > requests * microseconds(25);
}

}  // namespace fcgi
