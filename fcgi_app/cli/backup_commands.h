// `postern backup …`. Each gives the exit code and throws as command.h says.
#pragma once

#include <filesystem>

#include "cli/command.h"

namespace cli {

int backup_create(const Arguments& arguments);
int backup_verify(const Arguments& arguments);
int backup_restore(const Arguments& arguments);

// For `postern migrate --backup`: a checked copy of a database whose schema is about to change, in
// backups/ beside it. Gives its name, or nothing when no migration is due.
std::filesystem::path copy_before_migration(const std::filesystem::path& database);

}  // namespace cli
