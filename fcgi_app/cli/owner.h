// Root's commands leave no file that the service cannot open.
#pragma once

#include <filesystem>

namespace cli {

// When this process is root's and the directory is another user's: becomes that user, for good.
// SQLite makes files beside the database (its log, its index, the gate); made by root they would
// lock the service out. Does nothing in any other case. Throws std::system_error.
void become_owner_of(const std::filesystem::path& directory);

// Whether the directory's owner may read the file, where this process is root's and may read all;
// true in any other case.
[[nodiscard]] bool owner_may_read(const std::filesystem::path& directory,
                                  const std::filesystem::path& file);

}  // namespace cli
