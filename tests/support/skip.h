// A test that cannot be held on this machine: neither passed nor failed.
//
// The program then ends with a status of its own, which ctest is told (SKIP_RETURN_CODE), unless
// something failed: a failure is a failure, whatever else was skipped.
#pragma once

#include <string_view>

namespace support {

inline constexpr int skipped_status = 77;

void skip(std::string_view why);  // says so; whoever calls it returns from the test

}  // namespace support
