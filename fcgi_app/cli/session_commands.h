// `postern session …`. Each gives the exit code and throws as command.h says.
#pragma once

#include "cli/command.h"

namespace cli {

int session_list(const Arguments& arguments);
int session_end(const Arguments& arguments);

}  // namespace cli
