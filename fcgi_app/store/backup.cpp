#include "store/backup.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>

#include "base/descriptor.h"
#include "base/secret.h"
#include "store/database.h"
#include "store/migrations.h"
#include "store/private_file.h"

namespace store {

namespace fs = std::filesystem;

namespace {

// SQLite's lock bytes (https://sqlite.org/fileformat.html, "The Lock-Byte Page"): every connection
// in WAL mode holds a shared lock in this range for as long as it is open.
constexpr off_t lock_bytes_at = 0x40000000;
constexpr off_t lock_bytes = 512;

[[noreturn]] void fail(const fs::path& file, int number = errno) {
    throw Error(SQLITE_IOERR, file.string() + ": " + std::generic_category().message(number));
}

// A file under a name of its own until it is whole and renamed; else it goes.
class Draft {
  public:
    explicit Draft(const fs::path& place) : name_(place.string() + ".part") {
        fs::remove(name_);
        make_private_file(name_, place.parent_path());
    }
    ~Draft() {
        std::error_code ignored;
        fs::remove(name_, ignored);
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;

    [[nodiscard]] const fs::path& name() const noexcept { return name_; }

    void make_durable() const {
        const base::Descriptor file(open(name_.c_str(), O_RDONLY | O_CLOEXEC));
        if (!file.is_open() || fsync(file) != 0) fail(name_);
    }

  private:
    const fs::path name_;
};

void make_names_durable(const fs::path& directory) {
    if (!base::sync_names_in(directory)) fail(directory);
}

void rename_file(const fs::path& from, const fs::path& to) {
    if (rename(from.c_str(), to.c_str()) != 0) fail(from);
}

// Moves a database away together with its log: one without the other has lost what was committed
// last. So the log has its second name before the file moves and its first one until after; then it
// must go, because SQLite would play it into the file that comes next.
void move_away(const fs::path& database, const fs::path& kept) {
    const fs::path log = database.string() + "-wal";
    const fs::path kept_log = kept.string() + "-wal";
    if (fs::exists(log) && link(log.c_str(), kept_log.c_str()) != 0) fail(kept_log);
    if (fs::exists(database)) rename_file(database, kept);
    make_names_durable(database.parent_path());
    fs::remove(log);
    fs::remove(database.string() + "-shm");
}

// What would end the path in a URI, and what begins an escape there.
std::string escaped(const fs::path& file) {
    std::string text;
    for (const char byte : fs::absolute(file).string()) {
        const bool is_plain = byte != '?' && byte != '#' && byte != '%';
        text += is_plain ? std::string(1, byte) : "%" + base::hex({&byte, 1});
    }
    return text;
}

// A connection of its own for whole files. Like every other it checkpoints nothing (database.h).
class Connection {
  public:
    // The live file is read like any other reader does; a copy without lock and companions.
    enum class To { live, copy };

    Connection(const fs::path& file, To to) {
        const std::string uri =
            "file:" + escaped(file) + (to == To::copy ? "?immutable=1" : "?mode=rw");
        const int flags = (to == To::copy ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
                          SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
        sqlite3* handle = nullptr;
        const int result = sqlite3_open_v2(uri.c_str(), &handle, flags, nullptr);
        handle_.reset(handle);
        if (result != SQLITE_OK) throw Error(result, file.string() + ": " + sqlite3_errstr(result));
        sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
        sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
        sqlite3_wal_autocheckpoint(handle, 0);
        sqlite3_busy_timeout(handle, busy_timeout_ms);
    }

    // The first column of the first row; nothing when there is no row.
    std::optional<std::string> ask(const std::string& question) {
        std::optional<std::string> answer;
        const auto take = [](void* place, int, char** columns, char**) {
            auto& first = *static_cast<std::optional<std::string>*>(place);
            if (!first) first = columns[0];  // nothing that is asked gives NULL
            return 0;
        };
        sqlite3* const handle = handle_.get();
        if (sqlite3_exec(handle, question.c_str(), take, &answer, nullptr) != SQLITE_OK)
            throw Error(sqlite3_extended_errcode(handle), sqlite3_errmsg(handle));
        return answer;
    }

  private:
    static constexpr int busy_timeout_ms = 5'000;
    struct Close {
        void operator()(sqlite3* handle) const noexcept { sqlite3_close(handle); }
    };
    std::unique_ptr<sqlite3, Close> handle_;
};

std::string in_sql(const fs::path& file) {
    std::string text = "'";
    for (const char byte : file.string()) text += byte == '\'' ? "''" : std::string(1, byte);
    return text + "'";
}

std::optional<std::string> flaw_of_schema(int schema) {
    if (schema == 0) return "is no database of Postern";
    if (schema <= newest_schema()) return std::nullopt;
    return "has schema " + std::to_string(schema) + " of a newer Postern; this one knows up to " +
           std::to_string(newest_schema());
}

std::optional<std::string> flaw_of(const fs::path& file, Connection::To to,
                                   const std::string& question) {
    std::error_code error;
    if (!fs::is_regular_file(file, error)) return "is no file";
    try {
        Connection opened(file, to);
        const auto found = opened.ask(question).value_or("");
        if (found != "ok") return "is damaged: " + found;
        if (opened.ask("PRAGMA foreign_key_check")) return "has rows that refer to none";
        return flaw_of_schema(std::stoi(opened.ask("PRAGMA user_version").value_or("0")));
    } catch (const Error& failure) {
        return "cannot be read: " + std::string(failure.what());
    }
}

}  // namespace

std::optional<std::string> flaw_of_copy(const fs::path& copy) {
    return flaw_of(copy, Connection::To::copy, "PRAGMA integrity_check(1)");
}

std::optional<std::string> flaw_of_database(const fs::path& database) {
    return flaw_of(database, Connection::To::live, "PRAGMA quick_check(1)");
}

void copy_database(const fs::path& database, const fs::path& copy) {
    if (!fs::exists(database)) fail(database, ENOENT);
    if (fs::exists(copy)) fail(copy, EEXIST);
    const Draft draft(copy);
    Connection(database, Connection::To::live).ask("VACUUM INTO " + in_sql(draft.name()));
    if (const auto flaw = flaw_of_copy(draft.name()))
        throw Error(SQLITE_CORRUPT, "the copy of " + database.string() + " " + *flaw);
    draft.make_durable();
    rename_file(draft.name(), copy);
    make_names_durable(copy.parent_path());
}

std::optional<pid_t> user_of(const fs::path& database) {
    if (!fs::exists(database)) return std::nullopt;
    // Never closed: closing any descriptor of a file drops all locks that this process has on it by
    // fcntl, and so those of SQLite.
    const int file = open(database.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) fail(database);
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = lock_bytes_at;
    lock.l_len = lock_bytes;
    if (fcntl(file, F_GETLK, &lock) != 0) fail(database);
    if (lock.l_type == F_UNLCK) return std::nullopt;
    return lock.l_pid;
}

void put_in_place(const fs::path& copy, const fs::path& database, const fs::path& kept) {
    const Draft draft(database);
    fs::copy_file(copy, draft.name(), fs::copy_options::overwrite_existing);
    fs::permissions(draft.name(), fs::perms::owner_read | fs::perms::owner_write);
    draft.make_durable();
    move_away(database, kept);
    rename_file(draft.name(), database);
    make_names_durable(database.parent_path());
}

}  // namespace store
