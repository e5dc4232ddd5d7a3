// `postern serve`: one process of the pool, from its start to the end of its drain.
#pragma once

#include <filesystem>

namespace cli {

// Takes the listening sockets from systemd (or whoever speaks its protocol), brings the schema up
// to date, serves until SIGTERM or SIGINT, drains and gives 0. Throws for what keeps it from
// starting (configuration, sockets, key, database). Ends like that by itself when it was started on
// a read-only disk that can be written to again: whoever started it starts another.
//
// SIGHUP reads the configuration again. A good one is served without a request waiting for it
// (worker.h); with a bad one, which is logged, everything stays as it was.
int serve(const std::filesystem::path& config_file);

}  // namespace cli
