#include "store/migrations.h"

#include <sqlite3.h>

#include <charconv>
#include <string>

#include "migrations_sql.h"
#include "store/database.h"
#include "store/statements.h"

namespace store {

// What migrations need of a connection and nobody else.
class Schema {
  public:
    explicit Schema(const std::filesystem::path& file) : database_(file) {}

    [[nodiscard]] int number() {
        return static_cast<int>(database_.read(statements::schema).first_integer());
    }

    // False when another process was faster.
    bool apply(const Migration& migration) {
        Transaction transaction(database_);
        if (number() >= migration.number) return false;
        run(std::string(migration.text), migration);
        run("PRAGMA user_version = " + std::to_string(migration.number), migration);
        if (database_.read(statements::broken_keys).next())
            throw Error(SQLITE_CONSTRAINT_FOREIGNKEY, name_of(migration) + ": breaks foreign keys");
        transaction.commit();
        return true;
    }

    // A table is rebuilt by making a new one and dropping the old; with foreign keys on, the drop
    // would delete the rows of every table that refers to it.
    void forget_foreign_keys() {
        sqlite3_db_config(database_.handle_.get(), SQLITE_DBCONFIG_ENABLE_FKEY, 0, nullptr);
    }

  private:
    static std::string name_of(const Migration& migration) {
        return "migration " + std::string(migration.name);
    }
    void run(const std::string& script, const Migration& migration) {
        if (sqlite3_exec(database_.handle_.get(), script.c_str(), nullptr, nullptr, nullptr) !=
            SQLITE_OK)
            database_.fail(name_of(migration).c_str());
    }
    Database database_;
};

namespace {

void refuse_newer(const std::filesystem::path& file, int schema, int newest) {
    if (schema <= newest) return;
    throw Error(SQLITE_MISMATCH, file.string() + ": has schema " + std::to_string(schema) +
                                     " of a newer Postern; this one knows up to " +
                                     std::to_string(newest));
}

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

int migrate(const std::filesystem::path& file) {
    return migrate(file, all_migrations());
}

int migrate(const std::filesystem::path& file, std::span<const Migration> migrations) {
    Schema schema(file);
    schema.forget_foreign_keys();
    const int before = schema.number();
    refuse_newer(file, before, static_cast<int>(migrations.size()));
    int applied = 0;
    for (const auto& migration : migrations.subspan(static_cast<std::size_t>(before)))
        if (schema.apply(migration)) ++applied;
    return applied;
}

int schema_of(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file)) return 0;
    return Schema(file).number();
}

}  // namespace store
