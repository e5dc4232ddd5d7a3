// SQLite as Postern uses it. Only the folder store/ includes sqlite3.h.
//
// Several processes write to one file in WAL mode. Four rules keep that right and fair:
//  1. Reads wait for nobody: Database::read runs one read-only statement; a statement that would
//     write is refused. Several may share a View.
//  2. Every write goes through a Transaction, a visitor's through one that the Writer (writer.h)
//     opens for all who wait. It first takes the write gate (write_gate.h) and
//     then BEGIN IMMEDIATE. SQLite's own busy wait has no queue: with four writers one got a
//     single transaction in four seconds; the gate has one. A deferred transaction that turns into
//     a write fails at once, so the only ones are Views, which refuse to write.
//  3. Checkpoints run only under the gate (checkpointer.h): Debian 12's SQLite can lose commits
//     when one runs beside a commit. So no connection checkpoints by itself, also not on closing.
//  4. synchronous=FULL: what was acknowledged is on the disk.
//
// Life: one Database a thread, never shared (SQLITE_OPEN_NOMUTEX); keeps its prepared statements.
// Failures: store::Error, which the outermost layer answers with 503; never "not found". Its text
// names the query and never a value. After one, the Database goes on working as soon as the cause
// is gone (a full disk, say). Wrong use of these classes is a std::logic_error.
#pragma once

#include <array>
#include <chrono>
#include <concepts>
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

#include "base/secret.h"
#include "store/query.h"
#include "store/write_gate.h"

struct sqlite3;
struct sqlite3_stmt;

namespace store {

class Database;

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

// A value bound to "$n"; SQLite keeps a copy.
struct Blob {
    std::string_view bytes;
};
using Value = std::variant<std::nullptr_t, std::int64_t, std::string_view, Blob>;

// The rows of one running statement. Resets the statement when it goes. Keep it short-lived: it
// holds its view of the data, no Transaction may begin beside it, and a query cannot run again
// before its Rows have gone.
class Rows {
  public:
    Rows(Rows&& other) noexcept;
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;
    Rows& operator=(Rows&&) = delete;
    ~Rows();

    [[nodiscard]] bool next();  // false after the last row
    // The first column of the first row; 0 without one, and for NULL.
    [[nodiscard]] std::int64_t first_integer() { return next() ? integer(0) : 0; }

    // Columns of the current row, from 0. The views live until next() or the end of Rows.
    [[nodiscard]] bool is_null(int column) const noexcept;
    [[nodiscard]] std::int64_t integer(int column) const noexcept;
    [[nodiscard]] std::string_view text(int column) const noexcept;
    [[nodiscard]] std::string_view blob(int column) const noexcept;
    [[nodiscard]] base::Hash hash(int column) const noexcept;  // zeros where bytes are missing
    [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const noexcept;
    [[nodiscard]] std::optional<std::string> optional_text(int column) const;

  private:
    friend class Database;
    friend class Transaction;
    Rows(Database& database, const char* query, sqlite3_stmt* statement) noexcept;
    Database* database_;  // null when moved from
    const char* query_;   // its name
    sqlite3_stmt* statement_;
    std::chrono::steady_clock::time_point started_{};  // when somebody wants to know
    bool done_ = false;
};

class Database {
  public:
    struct Options {
        int busy_timeout_ms = 2'000;  // second net below the gate
        int gate_timeout_ms = 5'000;  // then Error with is_busy()
        int cache_kib = 2'048;        // page cache: the inner pages of 100,000 sessions stay in it
    };

    // Opens or creates the file (0600; so are its companions -wal, -shm and -gate). Throws Error.
    explicit Database(const std::filesystem::path& file);
    Database(const std::filesystem::path& file, Options options);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    // One read-only statement; values are bound to $1, $2, … in order. Throws Error, also
    // when the query would write.
    template <typename... Values>
    [[nodiscard]] Rows read(const Query& query, const Values&... values) {
        const std::array<Value, sizeof...(Values)> bound{to_value(values)...};
        return start(query, bound, Access::read);
    }

    // Changes whenever another connection has committed; unchanged means that what was read still
    // holds, but for what this Database wrote itself.
    [[nodiscard]] std::uint32_t data_version();

    // Opened while the disk was read-only, which it is no more. SQLite shares what it knows of a
    // file among the connections of a process, so only a new process can write again.
    [[nodiscard]] bool is_stale() const noexcept;

    [[nodiscard]] const std::filesystem::path& file() const noexcept { return file_; }

    static Value to_value(std::nullptr_t) { return nullptr; }
    static Value to_value(std::string_view text) { return text; }
    static Value to_value(const std::string& text) { return std::string_view(text); }
    static Value to_value(const char* text) { return std::string_view(text); }
    static Value to_value(Blob blob) { return blob; }
    static Value to_value(const base::Hash& hash) { return Blob{base::bytes_of(hash)}; }
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
    friend class View;
    friend class Checkpointer;
    friend class Schema;
    struct Close {
        void operator()(sqlite3* handle) const noexcept;
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    struct Prepared {
        std::unique_ptr<sqlite3_stmt, Finalize> handle;
        std::vector<int> places;  // SQLite's numbers of $1, $2, …
    };
    enum class Access { read, write };

    void open();
    void use_wal();
    void must_be_idle(const char* doing) const;  // no Transaction, no Rows
    void execute(const Query& query);            // without values and rows
    const Prepared& prepared(const Query& query);
    Rows start(const Query& query, std::span<const Value> values, Access access);
    [[noreturn]] void fail(const char* query) const;  // with SQLite's last error

    const std::filesystem::path file_;  // canonical: SQLite's companions and the gate agree on it
    const Options options_;
    WriteGate gate_;
    std::unique_ptr<sqlite3, Close> handle_;
    // By Query::index, prepared on first use; goes before the handle.
    std::vector<Prepared> statements_;
    int open_rows_ = 0;
};

// One write transaction: gate, BEGIN IMMEDIATE, … COMMIT. Without commit() it is rolled back.
// Never hash, resolve a name or talk to a relay while one is open.
//
// A failed statement leaves it open or, where SQLite could not go on (full disk, I/O error), rolled
// back as a whole: every later call then throws Error, and nothing is stored.
class Transaction {
  public:
    // Throws Error; std::logic_error when this Database has another one or Rows open.
    explicit Transaction(Database& database);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    // Runs a statement to its end; gives the number of rows it changed.
    template <typename... Values>
    std::int64_t run(const Query& query, const Values&... values) {
        const std::array<Value, sizeof...(Values)> bound{Database::to_value(values)...};
        return run_all(query, bound);
    }

    // A statement whose rows are wanted: SELECT, or UPDATE … RETURNING.
    template <typename... Values>
    [[nodiscard]] Rows query(const Query& query, const Values&... values) {
        const std::array<Value, sizeof...(Values)> bound{Database::to_value(values)...};
        return start(query, bound);
    }

    // Takes back what a part that shares its transaction with others has written so far (writer.h).
    // Let its Rows go first.
    void undo();

    // Let the Rows of this transaction go first. Throws Error; nothing was stored then.
    void commit();

  private:
    friend class Schema;
    std::int64_t run_all(const Query& query, std::span<const Value> values);
    Rows start(const Query& query, std::span<const Value> values);
    void must_be_open(const char* query) const;

    Database& database_;
    std::optional<WriteGate::Pass> pass_;  // nothing after commit()
};

// One view of the data for several reads: all of them see what was committed when the first of them
// began. What it spares is SQLite's lock, three system calls a read. Keep it as short as Rows: no
// checkpoint can empty the log meanwhile, and no Transaction of this Database may begin. What
// becomes known to be over while it is open (a session that was ended) is still seen, so whoever
// asked only after that must not be answered from it.
class View {
  public:
    explicit View(Database& database);  // Throws Error; std::logic_error as Transaction does.
    ~View();
    View(const View&) = delete;
    View& operator=(const View&) = delete;

  private:
    Database& database_;
};

// How often this process has started a query of sql::all or one of the store's own; any thread.
[[nodiscard]] std::uint64_t times_run(const Query& query) noexcept;

}  // namespace store
