// `postern serve`: one worker of the pool, from its start to the end of its drain.
#pragma once

#include "config.h"

namespace cli {

// Takes the listening sockets from systemd (or whoever speaks its protocol), brings the schema up
// to date, serves until SIGTERM or SIGINT, drains and gives 0. Throws for what keeps it from
// starting (sockets, key, database).
int serve(const postern::Config& config);

}  // namespace cli
