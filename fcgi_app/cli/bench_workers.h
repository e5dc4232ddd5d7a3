// The workers that serve a configuration, as the kernel tells of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace cli::bench {

// Of each worker on this machine that was started with that configuration file: resident memory in
// KiB, what it shares with others included. Empty where none is to be seen: another machine, or
// /proc is hidden.
[[nodiscard]] std::vector<std::int64_t> memory_of_workers(const std::filesystem::path& config);

}  // namespace cli::bench
