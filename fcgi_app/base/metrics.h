// What the pool counts: one file that all of its workers share, so that whichever of them is asked
// tells the truth about all.
//
//  1. The file lies in the runtime directory, beside the sockets, and has a place for each worker
//     (shared_places.h). It counts there with relaxed atomics: no lock, no call of the system,
//     nothing that another worker writes to.
//  2. Who takes a place goes on counting where the one before has stopped. So the sum of all places
//     only grows, and who is killed loses nothing.
//  3. What goes up and down begins at nothing with each taker, and is summed over the places that
//     are taken: who was killed has nothing in flight.
//  4. The file's name has a number of the layout, so that two versions which serve side by side do
//     not read each other's counters.
//
// Any thread; no function for counting fails or waits. Until share_counts() each process counts for
// itself.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/routes.h"

namespace base {

// Names and labels as Prometheus sees them are in the tables of metrics.cpp.
enum class Count : std::uint8_t {
    sessions_found,
    sessions_missed,
    mails_accepted,
    mails_shelved,
    mails_retried,
    mails_expired,
    mails_discarded,
    mail_leases_lost,
    relay_troubles,
    log_lines_dropped,
    worker_starts,
};
enum class Gauge : std::uint8_t { quick_in_flight, hashing_in_flight, quick_open, hashing_open };
enum class Duration : std::uint8_t { quick_request, hashing_request, hashing_wait, gate_wait };

void count(Count what, std::uint64_t times = 1) noexcept;

// No route: an address that Postern does not have, or no request that could be understood; no span:
// it was refused before it was one.
void count_request(std::optional<Route> route, bool is_post, int status,
                   std::optional<std::chrono::nanoseconds> span = std::nullopt) noexcept;

void count_duration(Duration which, std::chrono::nanoseconds span) noexcept;

void raise(Gauge which) noexcept;
void lower(Gauge which) noexcept;

// One more for as long as it lives.
class Raised {
  public:
    explicit Raised(Gauge which) noexcept : which_(which) { raise(which_); }
    ~Raised() { lower(which_); }
    Raised(const Raised&) = delete;
    Raised& operator=(const Raised&) = delete;

  private:
    const Gauge which_;
};

// Counts in that directory's file from now on, and the start of a worker first of all. Once a
// process, before there are threads. Throws std::system_error (no right, no room, more workers than
// places); then the process goes on counting for itself.
void share_counts(const std::filesystem::path& directory);

// What is looked up at the moment of asking instead of counted.
struct Reading {
    std::string_view name;
    std::string_view help;
    std::int64_t value;
};

// The whole pool's, since the file was made (the start of the machine), in Prometheus' text format
// 0.0.4; the readings come last.
[[nodiscard]] std::string metrics_text(std::span<const Reading> readings);

[[nodiscard]] std::uint64_t counted(Count what) noexcept;  // the whole pool's

}  // namespace base
