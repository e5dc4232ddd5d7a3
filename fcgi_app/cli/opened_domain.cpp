#include "cli/opened_domain.h"

#include "cli/owner.h"
#include "store/migrations.h"

namespace cli {
namespace {

void require_file(const std::filesystem::path& file, const std::string& what) {
    std::error_code error;
    if (exists(file, error)) return;
    if (error) {
        throw Refused("cannot look for " + file.string() + ": " + error.message() +
                      "; run this as root or as the user of the service");
    }
    throw Refused("there is no " + what + " " + file.string() + "; postern migrate creates it");
}

// Before the process changes its user: a key may be readable by root and systemd alone.
base::Keys load_keys(const std::filesystem::path& file) {
    require_file(file, "key file");
    return base::Keys::load(file);
}

const std::filesystem::path& ready_database(const std::filesystem::path& file) {
    become_owner_of(file.parent_path());
    require_file(file, "database");
    const int schema = store::schema_of(file);
    if (schema > store::newest_schema()) {
        throw Refused(file.string() + " belongs to a newer Postern (schema " +
                      std::to_string(schema) + ")");
    }
    if (schema < store::newest_schema()) {
        throw Refused(file.string() + " has schema " + std::to_string(schema) + " of " +
                      std::to_string(store::newest_schema()) + "; postern migrate upgrades it");
    }
    return file;
}

}  // namespace

OpenedDomain::OpenedDomain(const Arguments& arguments)
    : config_(postern::load_config(arguments.config, postern::Secrets::unread)),
      keys_(load_keys(config_.key_file)),
      database_(ready_database(config_.database)),
      writer_(config_.database),
      domain_{database_, writer_, clock_, keys_, config_.accounts, touches_, refusals_, pace_} {}

}  // namespace cli
