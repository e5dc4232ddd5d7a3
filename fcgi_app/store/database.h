// SQLite as Postern uses it. The only place that includes sqlite3.h.
//
// Several processes write to one file in WAL mode. Four rules keep that right and fair:
//  1. Reads need no lock: Database::read runs one read-only statement; a statement that would write
//  is refused.
//  2. Every write goes through a Transaction, which first takes the write gate (write_gate.h) and
//  then
//     BEGIN IMMEDIATE. SQLite's own busy wait has no queue: with four writers one got a single
//     transaction in four seconds; flock has one. A deferred transaction that turns
//     into a write fails at once, so there are none.
//  3. Checkpoints run only under the gate (checkpointer.h): Debian 12's SQLite can lose commits
//     when one runs beside a commit. So no connection checkpoints by itself, also not on closing.
//  4. synchronous=FULL: what was acknowledged is on the disk.
//
// Life: one Database a thread, never shared (SQLITE_OPEN_NOMUTEX); keeps its prepared statements.
// Failures: store::Error, which the outermost layer answers with 503; never "not found".
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "store/query.h"

struct sqlite3;
struct sqlite3_stmt;

namespace store {

class WriteGate;

// Any failure of the storage: full disk, I/O error, corrupt file, lock not got in time.
class Error : public std::runtime_error {
  public:
    Error(int extended_code, const std::string& what)
        : std::runtime_error(what), code_(extended_code) {}
    [[nodiscard]] int code() const noexcept { return code_; }  // SQLite's extended result code
    // True when waiting may help (SQLITE_BUSY, the gate): answer 503 with Retry-After.
    [[nodiscard]] bool is_busy() const noexcept;

  private:
    int code_;
};

// A value bound to "$n". Text and blobs are borrowed until the statement has run.
struct Blob {
    std::string_view bytes;
};
using Value = std::variant<std::nullptr_t, std::int64_t, std::string_view, Blob>;

// The rows of one running statement. Resets the statement when it goes: keep it short-lived.
class Rows {
  public:
    Rows(Rows&& other) noexcept;
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;
    Rows& operator=(Rows&&) = delete;
    ~Rows();

    [[nodiscard]] bool next();  // false after the last row

    // Columns of the current row, from 0. The views live until next() or the end of Rows.
    [[nodiscard]] bool is_null(int column) const noexcept;
    [[nodiscard]] std::int64_t integer(int column) const noexcept;
    [[nodiscard]] std::string_view text(int column) const noexcept;
    [[nodiscard]] std::string_view blob(int column) const noexcept;
    [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const noexcept;
    [[nodiscard]] std::optional<std::string> optional_text(int column) const;

  private:
    friend class Database;
    friend class Transaction;
    Rows(Database& database, sqlite3_stmt* statement) noexcept;
    Database* database_;
    sqlite3_stmt* statement_;
};

class Database {
  public:
    struct Options {
        int busy_timeout_ms = 2'000;  // second net below the gate
        int gate_timeout_ms = 5'000;  // then Error with is_busy()
        int cache_kib = 512;          // page cache of this connection
    };

    // Opens or creates the file. Throws Error.
    explicit Database(const std::filesystem::path& file);
    Database(const std::filesystem::path& file, Options options);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    // One read-only statement; values are bound to $1, $2, … in order. Throws Error, also
    // when the query would write.
    template <typename... Values>
    [[nodiscard]] Rows read(const Query& query, const Values&... values) {
        const std::vector<Value> bound{to_value(values)...};
        return start(query, bound, Access::read);
    }

    // Changes whenever another connection has committed; unchanged means that what was read still
    // holds.
    [[nodiscard]] std::uint32_t data_version();

    [[nodiscard]] const std::filesystem::path& file() const noexcept { return file_; }

    static Value to_value(std::nullptr_t) { return nullptr; }
    static Value to_value(std::string_view text) { return text; }
    static Value to_value(const std::string& text) { return std::string_view(text); }
    static Value to_value(const char* text) { return std::string_view(text); }
    static Value to_value(Blob blob) { return blob; }
    template <std::integral Integer>
    static Value to_value(Integer number) {
        return static_cast<std::int64_t>(number);
    }
    template <typename T>
    static Value to_value(const std::optional<T>& value) {
        return value ? to_value(*value) : Value(nullptr);
    }

  private:
    friend class Rows;
    friend class Transaction;
    friend class Checkpointer;
    enum class Access { read, write };
    Rows start(const Query& query, std::span<const Value> values, Access access);

    std::filesystem::path file_;
    sqlite3* handle_ = nullptr;
    std::unique_ptr<WriteGate> gate_;
    std::vector<sqlite3_stmt*> statements_;  // by Query::index; prepared on first use
};

// One write transaction: gate, BEGIN IMMEDIATE, … COMMIT. Without commit() it is rolled back.
// Never hash, resolve a name or talk to a relay while one is open.
class Transaction {
  public:
    explicit Transaction(Database& database);  // throws Error
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    // Runs a statement to its end; gives the number of rows it changed.
    template <typename... Values>
    std::int64_t run(const Query& query, const Values&... values) {
        const std::vector<Value> bound{Database::to_value(values)...};
        return run_all(query, bound);
    }

    // A statement whose rows are wanted: SELECT, or UPDATE … RETURNING (step it to its end).
    template <typename... Values>
    [[nodiscard]] Rows query(const Query& query, const Values&... values) {
        const std::vector<Value> bound{Database::to_value(values)...};
        return database_.start(query, bound, Database::Access::write);
    }

    void commit();  // throws Error; nothing was stored then

  private:
    std::int64_t run_all(const Query& query, std::span<const Value> values);
    Database& database_;
    bool open_ = false;
};

}  // namespace store
