// A database of the tests' own: a table `entry` and statements that are not in sql/queries/.
#pragma once

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdint>
#include <fstream>
#include <string>

#include "store/database.h"
#include "store/statements.h"
#include "support/temporary_directory.h"

namespace scratch {

inline store::Query query(const char* text) {
    static std::size_t next_index = store::statements::first_free;
    return {"scratch.query", text, next_index++};
}

inline const store::Query make =
    query("CREATE TABLE entry (id INTEGER PRIMARY KEY, word ANY) STRICT");
inline const store::Query add = query("INSERT INTO entry (id, word) VALUES ($1, $2)");
inline const store::Query append = query("INSERT INTO entry (word) VALUES ($1)");
inline const store::Query find = query("SELECT word FROM entry WHERE id = $1");
inline const store::Query count = query("SELECT count(*) FROM entry");
inline const store::Query list = query("SELECT id, word FROM entry ORDER BY id");
inline const store::Query check = query("PRAGMA integrity_check");

inline void make_table(const std::filesystem::path& file) {
    store::Database database(file);
    store::Transaction transaction(database);
    transaction.run(make);
    transaction.commit();
}

struct Files {
    support::TemporaryDirectory directory;
    std::filesystem::path database = directory.path() / "test.db";
};

// A file with the table, and a Database on it.
struct Fixture : Files {
    Fixture() { make_table(database); }
};

inline std::int64_t rows_of(store::Database& database) {
    auto rows = database.read(count);
    return rows.next() ? rows.integer(0) : -1;
}

inline void add_word(store::Database& database, std::string_view word) {
    store::Transaction transaction(database);
    transaction.run(append, word);
    transaction.commit();
}

// A disk that takes no more, for a child: the limit goes with its process.
inline void limit_files_to(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);  // the write fails with EFBIG
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
}

inline bool is_whole(store::Database& database) {
    auto rows = database.read(check);
    return rows.next() && rows.text(0) == "ok";
}

inline bool somebody_waits_at_the_gate_of(const std::filesystem::path& database) {
    struct stat status {};
    stat((database.string() + "-gate").c_str(), &status);
    const std::string number = ":" + std::to_string(status.st_ino) + " ";
    std::ifstream locks("/proc/locks");
    for (std::string line; std::getline(locks, line);)
        if (line.find("OFDLCK") != line.npos && line.find(number) != line.npos) return true;
    return false;
}

}  // namespace scratch
