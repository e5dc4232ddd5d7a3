#include "store/database.h"

#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <utility>

#include "base/statement_times.h"
#include "store/private_file.h"
#include "store/statements.h"

namespace store {

namespace {

std::array<std::atomic<std::uint64_t>, statements::first_free> runs{};  // by Query::index

void count_run(const Query& query) noexcept {
    if (query.index < runs.size()) runs[query.index].fetch_add(1, std::memory_order_relaxed);
}

struct Setting {
    int option;
    int value;
};
constexpr std::array settings{
    Setting{SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1},
    Setting{SQLITE_DBCONFIG_DEFENSIVE, 1},
    Setting{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
    Setting{SQLITE_DBCONFIG_DQS_DDL, 0},  // "x" is a name, never a text
    Setting{SQLITE_DBCONFIG_DQS_DML, 0},
    Setting{SQLITE_DBCONFIG_ENABLE_FKEY, 1},
};

// mmap_size = 0: a file that another process truncates would be a SIGBUS.
constexpr const char* pragmas =
    "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = ON;"
    "PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;";

// SQLite counts its memory under one mutex of the whole process; nobody reads the count.
void initialize_library() {
    static const int done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    (void)done;
}

// Its canonical name: two names of one file must not mean two gates.
std::filesystem::path existing_file(const std::filesystem::path& file) {
    const auto absolute = std::filesystem::absolute(file);
    make_private_file(absolute, absolute.parent_path());
    std::error_code error;
    auto canonical = std::filesystem::canonical(absolute, error);
    if (error) throw Error(SQLITE_CANTOPEN, file.string() + ": " + error.message());
    return canonical;
}

int bind(sqlite3_stmt* statement, int place, const Value& value) {
    struct Binder {
        sqlite3_stmt* statement;
        int place;
        int operator()(std::nullptr_t) const { return sqlite3_bind_null(statement, place); }
        int operator()(std::int64_t number) const {
            return sqlite3_bind_int64(statement, place, number);
        }
        int operator()(std::string_view text) const {
            return sqlite3_bind_text64(statement, place, text.empty() ? "" : text.data(),
                                       text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
        }
        int operator()(Blob blob) const {
            return sqlite3_bind_blob64(statement, place,
                                       blob.bytes.empty() ? "" : blob.bytes.data(),
                                       blob.bytes.size(), SQLITE_TRANSIENT);
        }
    };
    return std::visit(Binder{statement, place}, value);
}

// Where "$1", "$2", … stand: SQLite numbers "$2 … $1" in the order of their appearance. Looked up
// by name once a statement, not once a run.
std::vector<int> places_in(sqlite3_stmt* statement) {
    std::vector<int> places;
    for (int i = 1; i <= sqlite3_bind_parameter_count(statement); ++i) {
        places.push_back(
            sqlite3_bind_parameter_index(statement, ("$" + std::to_string(i)).c_str()));
    }
    return places;
}

int bind_all(sqlite3_stmt* statement, std::span<const int> places, std::span<const Value> values) {
    if (places.size() != values.size()) return SQLITE_RANGE;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (const int result = bind(statement, places[i], values[i]); result != SQLITE_OK)
            return result;
    }
    return SQLITE_OK;
}

std::string_view bytes_of(const void* bytes, int size) {
    return bytes == nullptr
               ? std::string_view()
               : std::string_view(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

}  // namespace

std::uint64_t times_run(const Query& query) noexcept {
    return query.index < runs.size() ? runs[query.index].load(std::memory_order_relaxed) : 0;
}

bool Error::is_busy() const noexcept {
    const int primary = code_ & 0xff;
    return primary == SQLITE_BUSY || primary == SQLITE_LOCKED || primary == SQLITE_PROTOCOL;
}

// ---- Rows

Rows::Rows(Database& database, const char* query, sqlite3_stmt* statement) noexcept
    : database_(&database), query_(query), statement_(statement) {
    ++database.open_rows_;
    if (base::Recording::of_this_thread() != nullptr) started_ = std::chrono::steady_clock::now();
}

Rows::Rows(Rows&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)),
      query_(other.query_),
      statement_(other.statement_),
      started_(other.started_),
      done_(other.done_) {}

Rows::~Rows() {
    if (database_ == nullptr) return;
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
    --database_->open_rows_;
    if (base::StatementTimes* const times = base::Recording::of_this_thread(); times != nullptr) {
        times->add(query_, std::chrono::steady_clock::now() - started_);
    }
}

bool Rows::next() {
    if (done_) return false;  // SQLite would begin again
    const int result = sqlite3_step(statement_);
    if (result == SQLITE_ROW) return true;
    done_ = true;
    if (result != SQLITE_DONE) database_->fail(query_);
    return false;
}

bool Rows::is_null(int column) const noexcept {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Rows::integer(int column) const noexcept {
    return sqlite3_column_int64(statement_, column);
}

std::string_view Rows::text(int column) const noexcept {
    const void* text = sqlite3_column_text(statement_, column);
    return bytes_of(text, sqlite3_column_bytes(statement_, column));
}

std::string_view Rows::blob(int column) const noexcept {
    const void* blob = sqlite3_column_blob(statement_, column);
    return bytes_of(blob, sqlite3_column_bytes(statement_, column));
}

base::Hash Rows::hash(int column) const noexcept {
    base::Hash hash{};
    const std::string_view bytes = blob(column);
    std::copy_n(bytes.begin(), std::min(bytes.size(), hash.size()), hash.begin());
    return hash;
}

std::optional<std::int64_t> Rows::optional_integer(int column) const noexcept {
    if (is_null(column)) return std::nullopt;
    return integer(column);
}

std::optional<std::string> Rows::optional_text(int column) const {
    if (is_null(column)) return std::nullopt;
    return std::string(text(column));
}

// ---- Database

void Database::Close::operator()(sqlite3* handle) const noexcept {
    sqlite3_close(handle);
}

void Database::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

Database::Database(const std::filesystem::path& file) : Database(file, Options{}) {}

Database::Database(const std::filesystem::path& file, Options options)
    : file_(existing_file(file)), options_(options), gate_(file_) {
    initialize_library();
    open();
    use_wal();
}

Database::~Database() = default;

void Database::open() {
    sqlite3* handle = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int result = sqlite3_open_v2(file_.c_str(), &handle, flags, nullptr);
    handle_.reset(handle);
    if (result != SQLITE_OK) throw Error(result, file_.string() + ": " + sqlite3_errstr(result));
    for (const auto& [option, value] : settings)
        if (sqlite3_db_config(handle, option, value, nullptr) != SQLITE_OK) fail("store.open");
    sqlite3_busy_timeout(handle, options_.busy_timeout_ms);
    const std::string cache = "PRAGMA cache_size = -" + std::to_string(options_.cache_kib);
    for (const char* text : {pragmas, cache.c_str()})
        if (sqlite3_exec(handle, text, nullptr, nullptr, nullptr) != SQLITE_OK) fail("store.open");
}

// The mode is kept in the file: only the first to open it has to set it.
void Database::use_wal() {
    const auto mode = [this](const Query& query) {
        auto rows = start(query, {}, Access::write);
        (void)rows.next();  // of this PRAGMA there is always one
        return rows.text(0) == "wal";
    };
    if (mode(statements::journal_mode)) return;
    const WriteGate::Pass pass(gate_, options_.gate_timeout_ms);
    if (!mode(statements::use_wal))
        throw Error(SQLITE_CANTOPEN, file_.string() + ": cannot be used in WAL mode");
}

void Database::must_be_idle(const char* doing) const {
    if (open_rows_ == 0 && sqlite3_get_autocommit(handle_.get()) != 0) return;
    throw std::logic_error(std::string(doing) + " while Rows or a Transaction of it are open");
}

void Database::fail(const char* query) const {
    const int code = sqlite3_extended_errcode(handle_.get());
    throw Error(code, std::string(query) + ": " + sqlite3_errmsg(handle_.get()) + " (" +
                          std::to_string(code) + ")");
}

const Database::Prepared& Database::prepared(const Query& query) {
    if (query.index >= statements_.size()) statements_.resize(query.index + 1);
    Prepared& kept = statements_[query.index];
    if (kept.handle) return kept;
    sqlite3_stmt* made = nullptr;
    const char* rest = nullptr;
    const int result =
        sqlite3_prepare_v3(handle_.get(), query.text, -1, SQLITE_PREPARE_PERSISTENT, &made, &rest);
    std::unique_ptr<sqlite3_stmt, Finalize> handle(made);
    if (result != SQLITE_OK) fail(query.name);
    if (made == nullptr || *rest != '\0')
        throw std::logic_error(std::string(query.name) + ": not one statement");
    kept = {std::move(handle), places_in(made)};
    return kept;
}

Rows Database::start(const Query& query, std::span<const Value> values, Access access) {
    const auto& [handle, places] = prepared(query);
    sqlite3_stmt* const statement = handle.get();
    if (access == Access::read && sqlite3_stmt_readonly(statement) == 0)
        throw Error(SQLITE_READONLY, std::string(query.name) + ": writes outside a transaction");
    if (sqlite3_stmt_busy(statement) != 0)
        throw std::logic_error(std::string(query.name) + ": its Rows are still open");
    Rows rows(*this, query.name, statement);
    if (const int result = bind_all(statement, places, values); result != SQLITE_OK)
        throw Error(result, std::string(query.name) + ": " + std::to_string(values.size()) +
                                " values do not fit");
    count_run(query);
    return rows;
}

void Database::execute(const Query& query) {
    (void)start(query, {}, Access::write).next();
}

std::uint32_t Database::data_version() {
    auto rows = start(statements::data_version, {}, Access::read);
    return static_cast<std::uint32_t>(rows.first_integer());
}

bool Database::is_stale() const noexcept {
    return sqlite3_db_readonly(handle_.get(), "main") == 1 && access(file_.c_str(), W_OK) == 0;
}

// ---- Transaction

Transaction::Transaction(Database& database) : database_(database) {
    database.must_be_idle("a Transaction of a Database began");
    pass_.emplace(database.gate_, database.options_.gate_timeout_ms);
    database.execute(statements::begin);
}

Transaction::~Transaction() {
    if (!pass_ || sqlite3_get_autocommit(database_.handle_.get()) != 0) return;
    try {
        database_.execute(statements::rollback);
    } catch (const std::exception&) {
        // SQLite has left the transaction all the same.
    }
}

void Transaction::must_be_open(const char* query) const {
    if (!pass_) throw std::logic_error(std::string(query) + ": after the commit");
    if (sqlite3_get_autocommit(database_.handle_.get()) != 0)
        throw Error(SQLITE_ABORT, std::string(query) + ": the transaction was rolled back");
}

Rows Transaction::start(const Query& query, std::span<const Value> values) {
    must_be_open(query.name);
    return database_.start(query, values, Database::Access::write);
}

std::int64_t Transaction::run_all(const Query& query, std::span<const Value> values) {
    auto rows = start(query, values);
    while (rows.next()) continue;
    if (sqlite3_stmt_readonly(rows.statement_) != 0) return 0;
    return sqlite3_changes64(database_.handle_.get());
}

void Transaction::undo() {
    run(statements::undo);
}

void Transaction::commit() {
    must_be_open(statements::commit.name);
    database_.execute(statements::commit);
    pass_.reset();
}

// ---- View

View::View(Database& database) : database_(database) {
    database.must_be_idle("a View of a Database began");
    database.execute(statements::begin_view);
}

View::~View() {
    sqlite3* const handle = database_.handle_.get();
    if (sqlite3_get_autocommit(handle) != 0) return;  // a failed read has ended it
    try {
        database_.execute(statements::commit);
    } catch (const std::exception&) {
        // Looked at next.
    }
    // Every later read would see what was true now, ended sessions included.
    if (sqlite3_get_autocommit(handle) == 0) std::abort();
}

}  // namespace store
