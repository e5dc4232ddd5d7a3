// `postern doctor`: looks at the whole installation, nginx in front of it included. Gives the exit
// code and throws as command.h says.
#pragma once

#include "cli/command.h"

namespace cli {

// 1 when a check has failed; a warning alone gives 0.
int doctor_command(const Arguments& arguments);

}  // namespace cli
