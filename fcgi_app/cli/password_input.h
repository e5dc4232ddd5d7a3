// How a password comes into a command: typed without echo, or the first line of standard input.
#pragma once

#include <string>

#include "base/secret.h"

namespace cli {

// At a terminal asks twice, on standard error, and shows nothing of what is typed; the terminal is
// put right again also when it is interrupted. Throws Refused when the two differ, when there is
// nothing to read and when it is longer than any password may be.
[[nodiscard]] base::Secret read_new_password();

// A question at the terminal; true for "y" or "yes". Throws WrongUse when there is no terminal.
[[nodiscard]] bool confirm(const std::string& question);

}  // namespace cli
