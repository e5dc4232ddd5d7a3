// Which statements a piece of work has run and how long each took, for the log line of a slow
// request: the storage notes them, and whoever tells of a request reads them.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>

namespace base {

struct StatementTime {
    std::string_view name;  // lives as long as the process
    std::chrono::nanoseconds span;
};

class StatementTimes {
  public:
    // One that is there already becomes longer. No room for a further name: it is left out.
    void add(std::string_view name, std::chrono::nanoseconds span) noexcept;

    [[nodiscard]] std::span<const StatementTime> all() const noexcept {
        return std::span(times_).first(size_);
    }
    [[nodiscard]] std::chrono::nanoseconds sum() const noexcept;

  private:
    std::array<StatementTime, 24> times_;
    std::size_t size_ = 0;
};

// For as long as it lives, this thread's statements are noted there: the time of a query is that of
// its Rows, with what was done with them. Those that a store::Writer runs for the thread are there
// too, and the rest of the wait for the Writer as "writer". The latest Recording counts.
class Recording {
  public:
    explicit Recording(StatementTimes& times) noexcept;
    ~Recording();
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;

    // Null when nobody wants to know.
    [[nodiscard]] static StatementTimes* of_this_thread() noexcept;

  private:
    StatementTimes* const before_;
};

}  // namespace base
