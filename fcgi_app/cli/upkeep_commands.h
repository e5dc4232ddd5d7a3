// `postern serve`, `migrate` and `expire`: what units and timers run. Each gives the exit code and
// throws as command.h says.
#pragma once

#include "cli/command.h"

namespace cli {

int run_serve(const Arguments& arguments);
int migrate(const Arguments& arguments);
int expire(const Arguments& arguments);

}  // namespace cli
