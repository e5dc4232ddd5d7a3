#include "store/migrations.h"

#include <charconv>

#include "migrations_sql.h"

namespace store {

namespace {

std::vector<Migration> numbered_files() {
    std::vector<Migration> migrations;
    for (const auto& [file, text] : migration_files::all) {
        int number = 0;
        std::from_chars(file.data(), file.data() + file.size(), number);
        migrations.push_back({number, file.substr(0, file.rfind('.')), text});
    }
    return migrations;
}

}  // namespace

const std::vector<Migration>& all_migrations() {
    static const std::vector<Migration> migrations = numbered_files();
    return migrations;
}

int newest_schema() noexcept {
    return static_cast<int>(migration_files::all.size());
}

}  // namespace store
