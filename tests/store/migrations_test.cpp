#include "store/migrations.h"

#include <boost/test/unit_test.hpp>
#include <vector>

#include "store/scratch.h"
#include "support/child_process.h"

namespace {

using store::Migration;

const Migration one{1, "0001_one", "CREATE TABLE one (id INTEGER PRIMARY KEY) STRICT;"};
const Migration two{2, "0002_two",
                    "CREATE TABLE two (one_id INTEGER REFERENCES one (id) ON DELETE CASCADE) "
                    "STRICT; INSERT INTO one VALUES (1); INSERT INTO two VALUES (1);"};

const store::Query rows_of_two = scratch::query("SELECT count(*) FROM two");
const store::Query is_there = scratch::query("SELECT 1 FROM sqlite_schema WHERE name = $1");

bool has(const std::filesystem::path& file, const char* table) {
    store::Database db(file);
    auto rows = db.read(is_there, table);
    return rows.next();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(migrations_test, scratch::Files)

BOOST_AUTO_TEST_CASE(the_numbers_have_no_gaps) {
    int number = 0;
    for (const auto& migration : store::all_migrations()) {
        BOOST_TEST(migration.number == ++number, migration.name);
        BOOST_TEST(!migration.text.empty());
    }
    BOOST_TEST(number == store::newest_schema());
    BOOST_TEST(number >= 1);
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_made_and_asking_does_not_make_it) {
    BOOST_TEST(store::schema_of(database) == 0);
    BOOST_TEST(!std::filesystem::exists(database));
    BOOST_TEST(store::migrate(database) == store::newest_schema());
    BOOST_TEST(store::schema_of(database) == store::newest_schema());
    BOOST_TEST(has(database, "account"));
    BOOST_TEST(store::migrate(database) == 0);
}

BOOST_AUTO_TEST_CASE(only_what_is_missing_is_applied) {
    BOOST_TEST(store::migrate(database, std::vector{one}) == 1);
    BOOST_TEST(store::migrate(database, std::vector{one, two}) == 1);
    BOOST_TEST(store::schema_of(database) == 2);
}

BOOST_AUTO_TEST_CASE(a_failed_migration_leaves_the_schema_as_it_was) {
    const Migration broken{2, "0002_broken", "CREATE TABLE two (id INTEGER); SELECT nonsense;"};
    BOOST_CHECK_EXCEPTION(store::migrate(database, std::vector{one, broken}), store::Error,
                          [](const store::Error& error) {
                              return std::string(error.what()).starts_with("migration 0002_broken");
                          });
    BOOST_TEST(store::schema_of(database) == 1);
    BOOST_TEST(!has(database, "two"));
    BOOST_TEST(store::migrate(database, std::vector{one, two}) == 1);
}

BOOST_AUTO_TEST_CASE(a_file_of_a_newer_postern_is_refused_and_left_alone) {
    (void)store::migrate(database, std::vector{one, two});
    BOOST_CHECK_EXCEPTION(
        store::migrate(database, std::vector{one}), store::Error, [](const store::Error& error) {
            return std::string(error.what()).find("newer Postern") != std::string::npos;
        });
    BOOST_TEST(store::schema_of(database) == 2);
}

BOOST_AUTO_TEST_CASE(several_processes_may_try_at_once) {
    std::vector<support::ChildProcess> processes;
    for (int i = 0; i < 6; ++i)
        processes.emplace_back([this] { return store::migrate(database, std::vector{one, two}); });
    int applied = 0;
    for (auto& process : processes) applied += process.wait();
    BOOST_TEST(applied == 2);
    BOOST_TEST(store::schema_of(database) == 2);
}

BOOST_AUTO_TEST_CASE(a_table_can_be_rebuilt_without_losing_the_rows_that_refer_to_it) {
    const Migration rebuild{3, "0003_rebuild",
                            "CREATE TABLE newer (id INTEGER PRIMARY KEY, word TEXT) STRICT;"
                            "INSERT INTO newer (id) SELECT id FROM one;"
                            "DROP TABLE one; ALTER TABLE newer RENAME TO one;"};
    (void)store::migrate(database, std::vector{one, two, rebuild});
    store::Database db(database);
    auto rows = db.read(rows_of_two);
    BOOST_TEST(rows.next());
    BOOST_TEST(rows.integer(0) == 1);
}

BOOST_AUTO_TEST_CASE(a_migration_that_leaves_orphans_is_refused) {
    const Migration orphan{3, "0003_orphan", "DELETE FROM one;"};
    BOOST_CHECK_THROW(store::migrate(database, std::vector{one, two, orphan}), store::Error);
    BOOST_TEST(store::schema_of(database) == 2);
}

BOOST_AUTO_TEST_CASE(an_older_worker_goes_on_while_a_newer_one_migrates) {
    static const auto add = scratch::query("INSERT INTO one DEFAULT VALUES");
    (void)store::migrate(database, std::vector{one});
    store::Database older(database);
    const auto write = [&older] {
        store::Transaction transaction(older);
        transaction.run(add);
        transaction.commit();
    };
    write();
    const Migration more{2, "0002_more", "ALTER TABLE one ADD COLUMN word TEXT;"};
    BOOST_TEST(store::migrate(database, std::vector{one, more}) == 1);
    BOOST_CHECK_NO_THROW(write());
}

BOOST_AUTO_TEST_SUITE_END()
