// What `postern bench` found on the machine of the release: the table of docs/performance.md, as it
// stood when this program was built.
#pragma once

#include <optional>
#include <string>

namespace cli::bench {

struct Figures {
    double a_second;
    double p50_ms;
    double p99_ms;
};

struct Release {
    std::string machine;  // its cores, what else ran
    Figures checks;
    Figures logins;
    double memory_mib;  // of a worker
};

// Nothing for a text without such a table.
[[nodiscard]] std::optional<Release> release_in(std::string_view report);

[[nodiscard]] const std::optional<Release>& release();

}  // namespace cli::bench
