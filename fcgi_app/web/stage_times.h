// How long a request was in each stage of its way through the pipeline.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace web {

enum class Stage : std::uint8_t { form, session, fields, handler, answer };
inline constexpr std::array<std::string_view, 5> stage_words{"form", "session", "fields", "handler",
                                                             "answer"};

class StageTimes {
  public:
    using Clock = std::chrono::steady_clock;

    // From now on the request is in that stage. Looks at the clock when it was in another.
    void enter(Stage stage) noexcept {
        if (stage == stage_) return;
        const Clock::time_point now = Clock::now();
        spans_[static_cast<std::size_t>(stage_)] += now - since_;
        since_ = now;
        stage_ = stage;
    }

    // So far.
    [[nodiscard]] std::chrono::nanoseconds of(Stage stage) const noexcept {
        const auto before = spans_[static_cast<std::size_t>(stage)];
        return stage == stage_ ? before + (Clock::now() - since_) : before;
    }
    [[nodiscard]] Clock::time_point start() const noexcept { return start_; }

  private:
    const Clock::time_point start_ = Clock::now();
    Clock::time_point since_ = start_;
    Stage stage_ = Stage::form;
    std::array<std::chrono::nanoseconds, stage_words.size()> spans_{};
};

}  // namespace web
