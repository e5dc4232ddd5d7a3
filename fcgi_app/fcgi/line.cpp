#include "fcgi/line.h"

#include <limits>

namespace fcgi {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;

}  // namespace

Line::Line(const std::filesystem::path& file, unsigned cores)
    : places_(file), own_(places_.own()), cores_(cores) {
    leave();
    set_level(Load::Level::idle);
}

Line::~Line() {
    leave();
}

void Line::go_to_the_end() noexcept {
    own_.since.store(std::chrono::steady_clock::now().time_since_epoch().count(), relaxed);
}

void Line::leave() noexcept {
    own_.since.store(0, relaxed);
}

void Line::set_level(Load::Level level) noexcept {
    level_ = level;
    own_.level.store(level, relaxed);
}

// Who was killed still stands there, but his place is nobody's. To ask for that is a system call,
// so it comes last.
template <typename Function>
void Line::each_before(Function function) const noexcept {
    const bool is_full = level_ == Load::Level::full;
    const std::int64_t before =
        is_full ? std::numeric_limits<std::int64_t>::max() : own_.since.load(relaxed);
    const auto places = places_.all();
    for (std::size_t number = 0; number < places.size(); ++number) {
        Place& place = places[number];
        const std::int64_t since = place.since.load(relaxed);
        if (since == 0 || since >= before) continue;
        const Load::Level level = place.level.load(relaxed);
        const bool takes = is_full ? level != Load::Level::full : level == Load::Level::busy;
        if (takes && places_.is_taken(number)) function(place);
    }
}

bool Line::others_take() const noexcept {
    unsigned count = 0;
    each_before([&count](const Place&) { ++count; });
    return count >= (level_ == Load::Level::full ? 1 : cores_);
}

void Line::pass_them_over() noexcept {
    each_before([](Place& place) { place.level.store(Load::Level::full, relaxed); });
}

}  // namespace fcgi
