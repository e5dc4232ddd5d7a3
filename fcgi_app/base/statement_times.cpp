#include "base/statement_times.h"

#include <algorithm>
#include <numeric>

namespace base {

namespace {

thread_local StatementTimes* recorded = nullptr;

}  // namespace

void StatementTimes::add(std::string_view name, std::chrono::nanoseconds span) noexcept {
    const auto end = times_.begin() + static_cast<std::ptrdiff_t>(size_);
    const auto known = std::find_if(
        times_.begin(), end, [name](const StatementTime& time) { return time.name == name; });
    if (known != end) {
        known->span += span;
    } else if (size_ < times_.size()) {
        times_[size_++] = {name, span};
    }
}

std::chrono::nanoseconds StatementTimes::sum() const noexcept {
    return std::accumulate(all().begin(), all().end(), std::chrono::nanoseconds(0),
                           [](auto sum, const StatementTime& time) { return sum + time.span; });
}

Recording::Recording(StatementTimes& times) noexcept : before_(recorded) {
    recorded = &times;
}

Recording::~Recording() {
    recorded = before_;
}

StatementTimes* Recording::of_this_thread() noexcept {
    return recorded;
}

}  // namespace base
