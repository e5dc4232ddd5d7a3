#include "cli/backup_commands.h"

#include <algorithm>
#include <regex>
#include <vector>

#include "accounts/restored.h"
#include "base/clock.h"
#include "cli/owner.h"
#include "cli/password_input.h"
#include "cli/report.h"
#include "config.h"
#include "store/backup.h"
#include "store/database.h"
#include "store/migrations.h"

namespace cli {
namespace {

namespace fs = std::filesystem;

// "20261121T130700Z": sorts by time.
std::string stamp() {
    std::string text = base::rfc3339(base::SystemClock().now());
    std::erase_if(text, [](char byte) { return byte == '-' || byte == ':'; });
    return text;
}

fs::path directory_beside(const fs::path& database) {
    return database.parent_path() / "backups";
}

void make_private_directory(const fs::path& directory) {
    if (!fs::create_directory(directory)) return;
    fs::permissions(directory, fs::perms::owner_all);
}

// Only what a rotation has made is taken away by one.
std::vector<fs::path> rotated_copies(const fs::path& directory) {
    static const std::regex name(R"(postern-\d{8}T\d{6}Z\.db)");
    std::vector<fs::path> copies;
    for (const auto& entry : fs::directory_iterator(directory)) {
        if (std::regex_match(entry.path().filename().string(), name)) {
            copies.push_back(entry.path());
        }
    }
    std::ranges::sort(copies);
    return copies;
}

std::int64_t keep_newest(const fs::path& directory, std::int64_t number) {
    std::vector<fs::path> copies = rotated_copies(directory);
    const auto kept = std::min(static_cast<std::size_t>(number), copies.size());
    copies.resize(copies.size() - kept);
    for (const fs::path& copy : copies) fs::remove(copy);
    return static_cast<std::int64_t>(copies.size());
}

void require_whole(const fs::path& copy) {
    if (const auto flaw = store::flaw_of_copy(copy)) throw Refused(copy.string() + " " + *flaw);
}

void require_unused(const fs::path& database) {
    const auto user = store::user_of(database);
    if (!user) return;
    throw Refused(database.string() + " is in use by process " + std::to_string(*user) +
                  "; first: systemctl stop postern.socket postern.target 'postern@*'");
}

}  // namespace

int backup_create(const Arguments& arguments) {
    if (arguments.keep && *arguments.keep < 1) throw WrongUse("--keep takes 1 or more");
    const auto config = postern::load_config(arguments.config, postern::Secrets::unread);
    become_owner_of(config.database.parent_path());
    const fs::path directory =
        arguments.directory ? fs::path(*arguments.directory) : directory_beside(config.database);
    make_private_directory(directory);
    const fs::path copy = directory / ("postern-" + stamp() + ".db");
    store::copy_database(config.database, copy);
    const std::int64_t removed = arguments.keep ? keep_newest(directory, *arguments.keep) : 0;
    print_done(format_of(arguments), copy.string() + ": made and checked",
               {{"file", copy.string()},
                {"bytes", static_cast<std::int64_t>(fs::file_size(copy))},
                {"removed", removed}});
    return 0;
}

int backup_verify(const Arguments& arguments) {
    require_whole(arguments.file);
    print_done(format_of(arguments), arguments.file + ": whole",
               {{"file", arguments.file},
                {"bytes", static_cast<std::int64_t>(fs::file_size(arguments.file))}});
    return 0;
}

int backup_restore(const Arguments& arguments) {
    const auto config = postern::load_config(arguments.config, postern::Secrets::unread);
    const fs::path& database = config.database;
    require_whole(arguments.file);
    require_unused(database);
    if (!arguments.yes && !confirm("Put " + arguments.file + " in the place of " +
                                   database.string() + "? Everybody has to sign in again.")) {
        throw Refused("nothing was changed");
    }
    const fs::path kept = database.string() + ".before-" + stamp();
    store::put_in_place(arguments.file, database, kept);
    become_owner_of(database.parent_path());
    store::migrate(database);
    store::Database restored(database);
    accounts::forget_what_passes(restored);
    print_done(format_of(arguments),
               database.string() + " is restored; what was there is kept as " + kept.string(),
               {{"database", database.string()}, {"kept", kept.string()}});
    return 0;
}

fs::path copy_before_migration(const fs::path& database) {
    const int schema = store::schema_of(database);
    if (schema == 0 || schema >= store::newest_schema()) return {};
    make_private_directory(directory_beside(database));
    const fs::path copy =
        directory_beside(database) / ("schema-" + std::to_string(schema) + "-" + stamp() + ".db");
    store::copy_database(database, copy);
    return copy;
}

}  // namespace cli
