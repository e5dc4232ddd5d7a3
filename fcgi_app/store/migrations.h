// The schema's history: sql/migrations/NNNN_name.sql, embedded at build, applied in order, each in
// a transaction of its own under the write gate. PRAGMA user_version is the number of the last one.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace store {

struct Migration {
    int number;  // 1, 2, …
    std::string_view name;
    std::string_view text;
};

[[nodiscard]] const std::vector<Migration>& all_migrations();
[[nodiscard]] int newest_schema() noexcept;

// Brings the file to the newest schema; creates it (0600) when missing. Gives how many were
// applied. Safe when several processes try at once, and while workers run. Throws Error: a failed
// migration leaves the schema as it was before it; a file of a newer Postern is left alone.
int migrate(const std::filesystem::path& file);
int migrate(const std::filesystem::path& file, std::span<const Migration> migrations);

// 0 for an empty or missing file. A number above newest_schema() is a file of a newer Postern.
[[nodiscard]] int schema_of(const std::filesystem::path& file);

}  // namespace store
