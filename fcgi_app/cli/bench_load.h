// The load of `postern bench`: connections that are kept, each of which asks again as soon as it
// has its answer. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace cli::bench {

struct Plan {
    std::string url;
    std::string connect_to{};  // an address instead of what the URL's host has; "" for none
    std::vector<std::string> cookies{};  // "name=value"; requests take them in turn
    std::string body{};                  // JSON; is sent by POST when there is any
    std::string expected{};              // what every answer must hold
    int connections = 32;
    double seconds = 5;
};

// The first tenth of the time counts for nothing but faults.
struct Outcome {
    std::vector<std::uint32_t>
        micros{};               // each right answer took so long, to its last byte; sorted
    std::uint64_t in_time = 0;  // how many of them came before the time was over
    double seconds = 0;         // in which these came
    std::uint64_t answers = 0;  // in all
    std::uint64_t faults = 0;   // no answer, another status than 200, a wrong body
    std::string first_fault{};

    [[nodiscard]] bool is_valid() const noexcept { return faults == 0 && in_time > 0; }
    [[nodiscard]] double a_second() const noexcept;
    [[nodiscard]] double ms(double share) const noexcept;  // 0.99: the 99th percentile
};

// Told how much of the time is over; false ends the load early.
using GoOn = std::function<bool(double share)>;

// Asks as the plan says. Requests that are on their way when the time is over are waited for, so
// that the service is at rest afterwards. Follows no redirect and takes nothing from the
// environment.
[[nodiscard]] Outcome run(const Plan& plan, const GoOn& go_on);

}  // namespace cli::bench
