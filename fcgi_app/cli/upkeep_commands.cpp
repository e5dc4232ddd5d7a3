#include "cli/upkeep_commands.h"

#include <iostream>

#include "accounts/expiry.h"
#include "base/keys.h"
#include "cli/backup_commands.h"
#include "cli/opened_domain.h"
#include "cli/owner.h"
#include "cli/report.h"
#include "cli/serve.h"
#include "store/migrations.h"

namespace cli {
namespace {

namespace fs = std::filesystem;

void require_directory(const fs::path& file) {
    const fs::path directory = file.parent_path();
    if (!fs::is_directory(directory)) {
        throw Refused("there is no directory " + directory.string() + " for " +
                      file.filename().string());
    }
}

// Gives whether it was made now.
bool ensure_key(const fs::path& file) {
    const bool missing = !fs::exists(file);
    base::Keys::create_if_missing(file);
    (void)base::Keys::load(file);  // one that is there must also be good
    return missing;
}

void announce(int from) {
    for (const store::Migration& migration : store::all_migrations()) {
        if (migration.number <= from) continue;
        std::cout << "migration " << migration.number << ": " << migration.name << std::endl;
    }
}

}  // namespace

int run_serve(const Arguments& arguments) {
    return serve(arguments.config);
}

int migrate(const Arguments& arguments) {
    const Format format = format_of(arguments);
    const auto config = postern::load_config(arguments.config, postern::Secrets::unread);
    require_directory(config.key_file);
    require_directory(config.database);
    become_owner_of(config.database.parent_path());

    const bool key_made = ensure_key(config.key_file);
    if (key_made && format == Format::text) {
        std::cout << "made the key " << config.key_file.string() << std::endl;
    }
    if (arguments.backup) {
        const fs::path copy = copy_before_migration(config.database);
        if (!copy.empty() && format == Format::text) {
            std::cout << "copied the database to " << copy.string() << std::endl;
        }
    }
    if (format == Format::text) announce(store::schema_of(config.database));
    const std::int64_t applied = store::migrate(config.database);
    print_done(format,
               config.database.string() + " has schema " + std::to_string(store::newest_schema()) +
                   (applied == 0 ? ", as before" : ""),
               {{"key_file", config.key_file.string()},
                {"key_made", key_made},
                {"database", config.database.string()},
                {"schema", std::int64_t{store::newest_schema()}},
                {"applied", applied}});
    return 0;
}

int expire(const Arguments& arguments) {
    OpenedDomain opened(arguments);
    const accounts::Expired expired = accounts::expire(opened.domain());
    print(format_of(arguments), {{"sessions", expired.sessions},
                                 {"claims", expired.claims},
                                 {"tokens", expired.tokens},
                                 {"mails", expired.mails},
                                 {"mail_counts", expired.mail_counts},
                                 {"throttles", expired.throttles},
                                 {"places", expired.places},
                                 {"events", expired.events}});
    return 0;
}

}  // namespace cli
