// Copies of a database: made while others write to it, checked, put back.
//
// A copy is one file in SQLite's format, without companions, as of one moment. It is made by one
// read transaction, which no writer waits for and which checkpoints nothing.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

namespace store {

// What is wrong with a copy, in words; nothing when it is whole, and of a schema that this Postern
// knows. Reads the whole file, changes nothing and leaves nothing beside it.
[[nodiscard]] std::optional<std::string> flaw_of_copy(const std::filesystem::path& copy);

// The same for a database that may be in use; quicker, because it does not compare indexes with
// their tables.
[[nodiscard]] std::optional<std::string> flaw_of_database(const std::filesystem::path& database);

// Copies a database to a new file (0600, on the disk when this returns, checked). Throws Error or
// std::filesystem::filesystem_error, also when there is such a file; then no copy is left.
void copy_database(const std::filesystem::path& database, const std::filesystem::path& copy);

// A process that has the database open, other than this one. Each call costs a descriptor for
// the rest of this process's life.
[[nodiscard]] std::optional<pid_t> user_of(const std::filesystem::path& database);

// Puts a checked copy in the place of a database, which may be missing or broken and which nobody
// may use. The file that was there is kept as `kept`, with its log. Throws like copy_database(); a
// failure or a power cut leaves the old database or the new one, and at worst the old one under
// the name `kept`.
void put_in_place(const std::filesystem::path& copy, const std::filesystem::path& database,
                  const std::filesystem::path& kept);

}  // namespace store
