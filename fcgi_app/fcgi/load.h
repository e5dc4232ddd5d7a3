// How much of its time a loop has something to do, and whether that is all it should have.
#pragma once

#include <chrono>

namespace fcgi {

class Load {
  public:
    using Moment = std::chrono::steady_clock::time_point;

    // Judged once in a span: long enough not to take one wait for a core for a full loop, short
    // beside the two seconds for which nginx keeps a connection.
    static constexpr std::chrono::milliseconds span{100};

    // Above that much of the time, those who ask wait for one another. It is time by the clock, so
    // one that waits for the disk is full as well as one that computes.
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

    // As of the last turn.
    [[nodiscard]] bool is_full() const noexcept { return is_full_; }

  private:
    void judge(Moment now) {
        const auto passed = now - span_began_;
        if (passed < span) return;
        if (busy_ * 100 > passed * full_percent) full_until_ = now + memory;
        is_full_ = now < full_until_;
        span_began_ = now;
        busy_ = {};
    }

    Moment span_began_{};
    Moment turn_began_{};
    Moment::duration busy_{};
    Moment full_until_{};
    bool is_full_ = false;
};

}  // namespace fcgi
