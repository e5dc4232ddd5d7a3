// Tells systemd that this worker is alive, as long as every one of its threads really is: each has
// a counter that goes up with its work, and one that stands still for too long silences the
// watchdog, so that systemd restarts the worker. Used by the main thread alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cli {

class Watchdog {
  public:
    using Moment = std::chrono::steady_clock::time_point;

    // How long a thread may stand still: each moves at least every ten seconds. WatchdogSec= in
    // systemd/postern@.service comes on top.
    static constexpr std::chrono::seconds patience{15};

    void watch(std::string name, std::function<std::uint64_t()> beat);

    // The names of the threads that stand still. Call about once a second.
    [[nodiscard]] std::vector<std::string> standing_still(Moment now);

  private:
    struct Watched {
        std::string name;
        std::function<std::uint64_t()> beat;
        std::uint64_t last_beat = 0;
        std::optional<Moment> last_move;
    };
    std::vector<Watched> watched_;
};

}  // namespace cli
