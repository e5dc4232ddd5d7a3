// Another program's answer.
#pragma once

#include <string>
#include <vector>

namespace cli::doctor {

struct Ended {
    int code = 127;      // 127: there is no such program
    std::string output;  // both its outputs
};

// Looked for in PATH and in the directories of the administrator's programs. Waits for its end.
[[nodiscard]] Ended run_program(const std::vector<std::string>& words);

}  // namespace cli::doctor
