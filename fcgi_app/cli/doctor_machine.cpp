#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <sstream>

#include "base/keys.h"
#include "cli/credentials.h"
#include "cli/doctor_check.h"
#include "cli/doctor_program.h"
#include "cli/owner.h"
#include "store/backup.h"
#include "store/migrations.h"

namespace cli::doctor {
namespace {

namespace fs = std::filesystem;
using Weight = Finding::Weight;

constexpr mode_t others = 07;
constexpr mode_t writable_by_more = 022;

std::optional<struct stat> status_of(const fs::path& file) {
    struct stat status {};
    if (stat(file.c_str(), &status) != 0) return std::nullopt;
    return status;
}

std::string octal(mode_t mode) {
    std::ostringstream text;
    text << '0' << std::oct << (mode & 0777U);
    return text.str();
}

void look_for_rights(const fs::path& file, mode_t forbidden, const std::string& mend,
                     std::vector<Finding>& findings) {
    const auto status = status_of(file);
    if (!status || (status->st_mode & forbidden) == 0) return;
    findings.push_back({file.string() + " has mode " + octal(status->st_mode) +
                            ": more users than the service may use it",
                        "chmod " + mend + " " + file.string()});
}

// The database with its log, its index and the gate.
std::vector<fs::path> files_of(const fs::path& database) {
    std::vector<fs::path> files;
    const std::string name = database.filename().string();
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(database.parent_path(), ignored)) {
        const std::string other = entry.path().filename().string();
        if (other == name || other.starts_with(name + "-")) files.push_back(entry.path());
    }
    return files;
}

void look_for_owner(const fs::path& file, const fs::path& directory,
                    std::vector<Finding>& findings) {
    const auto status = status_of(file);
    const auto around = status_of(directory);
    if (!status || !around || status->st_uid == around->st_uid) return;
    findings.push_back({file.string() + " does not belong to the owner of its directory",
                        "chown --reference=" + directory.string() + " " + file.string()});
}

bool has_credential(const std::string& name) {
    const Sight sight = look_for_credential(name);
    return sight.flaw.empty() && sight.unseen.empty();
}

std::vector<fs::path> sockets_of(const std::vector<Directive>& nginx) {
    constexpr std::string_view scheme = "unix:";
    std::vector<fs::path> sockets;
    const Directive* http = find_in(nginx, "http");
    if (http == nullptr) return sockets;
    for (const Directive& upstream : http->block) {
        const bool ours =
            upstream.name == "upstream" && !upstream.words.empty() &&
            (upstream.words[0] == "postern_quick" || upstream.words[0] == "postern_hashing");
        const Directive* server = ours ? find_in(upstream.block, "server") : nullptr;
        if (server == nullptr || server->words.empty()) continue;
        const std::string& word = server->words.front();
        if (word.starts_with(scheme)) sockets.emplace_back(word.substr(scheme.size()));
    }
    return sockets;
}

void look_at_socket(const fs::path& socket, std::vector<Finding>& findings) {
    const auto status = status_of(socket);
    const auto around = status_of(socket.parent_path());
    if (!status || !S_ISSOCK(status->st_mode)) {
        findings.push_back({"nginx connects to " + socket.string() + ", and there is no socket",
                            "systemctl enable --now postern.socket"});
    } else if ((status->st_mode & S_IWOTH) != 0 && around && (around->st_mode & S_IXOTH) != 0) {
        findings.push_back({socket.string() + " has mode " + octal(status->st_mode) +
                                ": every user of the machine may connect",
                            "in postern.socket: SocketMode=0660"});
    }
}

}  // namespace

Diagnosis check_rights(Patient& patient) {
    const fs::path& database = patient.config.database;
    if (!status_of(database.parent_path()) || access(database.parent_path().c_str(), R_OK) != 0) {
        return skipped("this user may not look into " + database.parent_path().string());
    }
    Diagnosis diagnosis;
    look_for_rights(patient.arguments.config, writable_by_more, "go-w", diagnosis.findings);
    look_for_rights(database.parent_path(), writable_by_more, "go-w", diagnosis.findings);
    for (const fs::path& file : files_of(database)) {
        look_for_rights(file, others | writable_by_more, "600", diagnosis.findings);
        look_for_owner(file, database.parent_path(), diagnosis.findings);
    }
    return diagnosis;
}

Diagnosis check_key(Patient& patient) {
    const fs::path& file = patient.config.key_file;
    if (access(file.c_str(), R_OK) != 0 && errno == EACCES) {
        return skipped("this user may not read " + file.string());
    }
    if (!fs::exists(file) && has_credential("postern.key")) {
        return skipped("the service has it as a credential, from systemd's store");
    }
    Diagnosis diagnosis;
    look_for_rights(file, others | writable_by_more, "600", diagnosis.findings);
    if (!diagnosis.findings.empty()) return diagnosis;
    try {
        (void)base::Keys::load(file);
    } catch (const std::exception& error) {
        diagnosis.findings.push_back(
            {error.what(), "put your copy of " + file.string() +
                               " back, or move it away and run postern migrate, which makes a new "
                               "one (links in mails that are under way die)"});
    }
    return diagnosis;
}

Diagnosis check_sockets(Patient& patient) {
    if (patient.nginx.empty()) return skipped(patient.nginx_unread);
    if (patient.arguments.fail_closed) return skipped("Postern is meant to be stopped");
    const auto sockets = sockets_of(patient.nginx);
    Diagnosis diagnosis;
    for (const fs::path& socket : sockets) look_at_socket(socket, diagnosis.findings);
    if (sockets.empty()) {
        diagnosis.findings.push_back({"nginx has no upstreams postern_quick and postern_hashing",
                                      "in the http block of nginx.conf: include "
                                      "/etc/nginx/conf.d/*.conf;"});
    }
    return diagnosis;
}

Diagnosis check_clock(Patient&) {
    timex clock{};
    const int state = adjtimex(&clock);
    if (state < 0) return skipped("the kernel does not tell");
    if (state != TIME_ERROR && (clock.status & STA_UNSYNC) == 0) return {};
    return {
        {{"nothing keeps the clock right",
          "apt install systemd-timesyncd (or chrony), timedatectl set-ntp true", Weight::warning}}};
}

Diagnosis check_disk(Patient& patient) {
    constexpr std::uintmax_t least = std::uintmax_t{64} << 20U;
    constexpr std::uintmax_t comfortable = std::uintmax_t{512} << 20U;
    const fs::path directory = patient.config.database.parent_path();
    std::error_code ignored;
    const auto size = fs::file_size(patient.config.database, ignored);
    const std::uintmax_t database = ignored ? 0 : size;
    const std::uintmax_t available = fs::space(directory).available;
    const std::string what = "the disk of " + directory.string() + " has " +
                             std::to_string(available >> 20U) + " MiB left, the database has " +
                             std::to_string(database >> 20U) + " MiB";
    const std::string change = "make room, or move old copies away (postern backup create --keep)";
    if (available < least + database) return {{{what, change}}};
    if (available < comfortable + 2 * database) return {{{what, change, Weight::warning}}};
    return {};
}

Diagnosis check_database(Patient& patient) {
    const fs::path& database = patient.config.database;
    become_owner_of(database.parent_path());
    if (access(database.c_str(), R_OK | W_OK) != 0 && errno == EACCES) {
        return skipped("this user may not open " + database.string());
    }
    if (!fs::exists(database)) {
        return {{{"there is no " + database.string(), "postern migrate"}}};
    }
    if (const auto flaw = store::flaw_of_database(database)) {
        return {{{database.string() + " " + *flaw,
                  "postern backup restore with the newest copy that postern backup verify calls "
                  "whole"}}};
    }
    const int schema = store::schema_of(database);
    if (schema == store::newest_schema()) return {};
    return {{{database.string() + " has schema " + std::to_string(schema) + " of " +
                  std::to_string(store::newest_schema()),
              "postern migrate --backup"}}};
}

}  // namespace cli::doctor
