// `postern bench`: how fast this installation is, through the nginx in front of it. Gives the exit
// code and throws as command.h says.
#pragma once

#include "cli/command.h"

namespace cli {

// Adds two accounts for as long as it runs, and takes them away again also when it is interrupted.
// 1 when an answer was wrong, late or none.
int bench_command(const Arguments& arguments);

}  // namespace cli
