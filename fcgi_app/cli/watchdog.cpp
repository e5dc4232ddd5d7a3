#include "cli/watchdog.h"

#include <utility>

namespace cli {

void Watchdog::watch(std::string name, std::function<std::uint64_t()> beat) {
    watched_.push_back({std::move(name), std::move(beat), 0, std::nullopt});
}

std::vector<std::string> Watchdog::standing_still(Moment now) {
    std::vector<std::string> names;
    for (Watched& one : watched_) {
        const std::uint64_t beat = one.beat();
        if (!one.last_move || beat != one.last_beat) {
            one.last_beat = beat;
            one.last_move = now;
        } else if (now - *one.last_move > patience) {
            names.push_back(one.name);
        }
    }
    return names;
}

}  // namespace cli
