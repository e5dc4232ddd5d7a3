// Files that only the service may read, whatever the umask.
#pragma once

#include <filesystem>

namespace store {

// Makes an empty file of mode 0600 where there is none. Made by root, it goes to the owner of
// `model`, so that a command run by the administrator leaves nothing behind that the service cannot
// open. Does not open the file: closing it again would drop the locks that SQLite, in this process,
// holds on it (fcntl(2)). Throws Error.
void make_private_file(const std::filesystem::path& file, const std::filesystem::path& model);

}  // namespace store
