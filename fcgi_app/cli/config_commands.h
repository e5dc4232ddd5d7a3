// `postern config …`. Each gives the exit code and throws as command.h says.
#pragma once

#include "cli/command.h"

namespace cli {

int config_check(const Arguments& arguments);
int config_show(const Arguments& arguments);

}  // namespace cli
