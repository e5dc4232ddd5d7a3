// Root's commands leave no file that the service cannot open.
#pragma once

#include <filesystem>

namespace cli {

// When this process is root's and the directory is another user's: becomes that user, for good.
// SQLite makes files beside the database (its log, its index, the gate); made by root they would
// lock the service out. Does nothing in any other case. Throws std::system_error.
void become_owner_of(const std::filesystem::path& directory);

}  // namespace cli
