#include "fcgi/line.h"

#include <limits>

namespace fcgi {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;

}  // namespace

Line::Line(const std::filesystem::path& file) : places_(file), own_(places_.own()) {
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
bool Line::any_who_takes(Function function) const noexcept {
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
        if (takes && places_.is_taken(number) && function(place)) return true;
    }
    return false;
}

bool Line::another_takes() const noexcept {
    return any_who_takes([](const Place&) { return true; });
}

void Line::pass_them_over() noexcept {
    any_who_takes([](Place& place) {
        place.level.store(Load::Level::full, relaxed);
        return false;
    });
}

}  // namespace fcgi
