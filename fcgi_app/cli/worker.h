// All of a worker that its configuration makes: key, database, notifier, keeper, site, lanes.
//
// A process may have two for a moment: a reload makes the new one, which takes connections from the
// same listening sockets at once, and then drains the old one. So no request waits for a reload,
// and a configuration that cannot be served changes nothing.
//
// Life: the constructor brings the schema up to date, opens everything and begins to serve; throws
// for what keeps it from serving. drain() begins the end; the destructor waits for it. Used by the
// main thread alone, with all signals blocked.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "cli/watchdog.h"
#include "config.h"

namespace cli {

struct Listeners {
    int quick;
    int hashing;
    std::filesystem::path
        directory;  // of their sockets; what the workers of a pool share lies there
};

class Worker {
  public:
    Worker(postern::Config config, const Listeners& listeners);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    // The names of the threads that stand still (watchdog.h).
    [[nodiscard]] std::vector<std::string> standing_still(Watchdog::Moment now);

    // The disk can be written to again, by another process but not by this one (keeper.h).
    [[nodiscard]] bool is_stale() const noexcept;

    // Takes no new connections; serves the kept ones until nginx closes them.
    void drain() noexcept;
    // For at most that long; whether every request was answered.
    [[nodiscard]] bool drained_within(std::chrono::milliseconds patience);

  private:
    struct Parts;
    const std::unique_ptr<Parts> parts_;
};

}  // namespace cli
