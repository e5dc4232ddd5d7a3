// From argv to a command of the table (command.h) and its exit code: the only includer of CLI11.
#pragma once

namespace cli {

// 0 done, 1 refused or failed, 2 wrong use (what was wrong and the usage on standard error),
// 78 `serve` with a bad configuration (EX_CONFIG, so that systemd need not try again).
int run_command_line(int argc, char** argv);

}  // namespace cli
