// Every query fits the newest schema and keeps to the dialect of sql/README.md.
#include <sqlite3.h>

#include <boost/test/unit_test.hpp>
#include <memory>
#include <regex>
#include <set>
#include <string>

#include "sql.h"
#include "store/database.h"
#include "store/migrations.h"
#include "support/temporary_directory.h"

namespace {

using Handle = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;
using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

struct Fixture {
    Fixture() {
        const auto file = directory.path() / "test.db";
        (void)store::migrate(file);
        sqlite3* opened = nullptr;
        BOOST_REQUIRE(sqlite3_open(file.c_str(), &opened) == SQLITE_OK);
        handle.reset(opened);
        sqlite3_db_config(opened, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    }
    Statement prepare(const store::Query& query) {
        sqlite3_stmt* statement = nullptr;
        const char* rest = nullptr;
        const int result = sqlite3_prepare_v2(handle.get(), query.text, -1, &statement, &rest);
        BOOST_TEST(result == SQLITE_OK, query.name << ": " << sqlite3_errmsg(handle.get()));
        BOOST_TEST(std::string(result == SQLITE_OK ? rest : "").empty(),
                   query.name << ": more than one statement");
        return {statement, sqlite3_finalize};
    }
    support::TemporaryDirectory directory;
    Handle handle{nullptr, sqlite3_close};
};

// What SQLite knows and PostgreSQL does not, or not so.
const std::regex foreign(
    R"(\bOR\s+(REPLACE|IGNORE|ABORT|FAIL|ROLLBACK)\b|\b(IFNULL|IIF|STRFTIME|DATETIME|UNIXEPOCH|)"
    R"(JULIANDAY|ROWID|TOTAL_CHANGES|LAST_INSERT_ROWID|RANDOMBLOB|HEX|INSTR|GLOB|PRAGMA)\b|\?|[:@]\w)",
    std::regex::icase);

std::string without_comments(const std::string& text) {
    static const std::regex comment(R"(--[^\n]*|/\*[^*]*\*/|'[^']*')");
    return std::regex_replace(text, comment, " ");
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(prepare_test, Fixture)

BOOST_AUTO_TEST_CASE(every_query_prepares_and_numbers_its_values_without_gaps) {
    for (const auto& query : sql::all) {
        const Statement statement = prepare(query);
        const int values = sqlite3_bind_parameter_count(statement.get());
        for (int i = 1; i <= values; ++i) {
            const std::string name = "$" + std::to_string(i);
            BOOST_TEST(sqlite3_bind_parameter_index(statement.get(), name.c_str()) != 0,
                       query.name << " has " << values << " values and no " << name);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_query_keeps_to_the_common_dialect) {
    for (const auto& query : sql::all) {
        std::smatch found;
        const std::string text = without_comments(query.text);
        if (std::regex_search(text, found, foreign))
            BOOST_ERROR(query.name << ": not for every engine: " << found.str());
    }
    BOOST_TEST(std::regex_search(std::string("INSERT OR REPLACE INTO t"), foreign));
    BOOST_TEST(std::regex_search(std::string("SELECT ?1"), foreign));
}

// However long the tables are: what a visitor or a notifier waits for is found by an index.
BOOST_AUTO_TEST_CASE(no_query_walks_through_a_table_but_those_of_an_operator) {
    const std::set<std::string> walks{
        "audit.newest",  // along the ids, one step
        "mail_budget.expire",   "outbox.show_all", "outbox.show_state", "outbox.count_by_state",
        "outbox.due_summary",   "outbox.held",     "outbox.forget_due",
        "outbox.count_due",  // these three along an index, and not beyond a limit
        "outbox.count_shelved", "session.count",
        "outbox.take_freshest",  // along the index of the fresh ones, one step
    };
    std::set<std::string> walking;
    for (const auto& query : sql::all) {
        const std::string text = std::string("EXPLAIN QUERY PLAN ") + query.text;
        const Statement plan = prepare({query.name, text.c_str(), 0});
        while (sqlite3_step(plan.get()) == SQLITE_ROW) {
            const std::string step =
                reinterpret_cast<const char*>(sqlite3_column_text(plan.get(), 3));
            if (step.starts_with("SCAN")) walking.insert(query.name);
        }
    }
    BOOST_CHECK_EQUAL_COLLECTIONS(walking.begin(), walking.end(), walks.begin(), walks.end());
}

BOOST_AUTO_TEST_CASE(queries_are_numbered_in_order) {
    for (std::size_t i = 0; i < sql::all.size(); ++i) BOOST_TEST(sql::all[i].index == i);
}

BOOST_AUTO_TEST_CASE(every_table_is_strict) {
    const store::Query loose{"test.loose",
                             "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = "
                             "'table' AND strict = 0 AND name NOT LIKE 'sqlite%'",
                             0};
    const Statement statement = prepare(loose);
    while (sqlite3_step(statement.get()) == SQLITE_ROW)
        BOOST_ERROR(sqlite3_column_text(statement.get(), 0) << " is not STRICT");
}

BOOST_AUTO_TEST_SUITE_END()
