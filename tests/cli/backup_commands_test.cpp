#include "cli/backup_commands.h"

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "cli/installation.h"
#include "store/database.h"
#include "support/child_process.h"

namespace fs = std::filesystem;

namespace {

struct InUse : support::MigratedInstallation {
    InUse() { (void)add("ada@example.org"); }

    [[nodiscard]] fs::path create(const std::vector<std::string>& more = {}) const {
        std::vector<std::string> words{"backup", "create"};
        words.insert(words.end(), more.begin(), more.end());
        return json_of(words).at("file").get<std::string>();
    }
    [[nodiscard]] std::size_t accounts() const {
        return json_of({"user", "list"}).at("accounts").size();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(backup_commands_test, InUse)

BOOST_AUTO_TEST_CASE(what_is_no_copy_is_not_put_in_place) {
    std::ofstream(state / "other.db") << "something else";
    const auto ended = postern({"backup", "restore", (state / "other.db").string(), "--yes"});
    BOOST_TEST(ended.code == 1);
    BOOST_TEST(postern({"backup", "verify", (state / "none.db").string()}).code == 1);
    BOOST_TEST(accounts() == 1U);
}

BOOST_AUTO_TEST_CASE(nothing_is_restored_under_a_process_that_has_the_database_open) {
    const fs::path copy = create();
    support::Baton opened;
    support::Baton tried;
    support::ChildProcess worker([&] {
        const store::Database database(state / "postern.db");
        opened.give();
        tried.await();
        return 0;
    });
    opened.await();
    const auto ended = postern({"backup", "restore", copy.string(), "--yes"});
    tried.give();
    BOOST_TEST(ended.code == 1);
    BOOST_TEST(ended.err.find("systemctl stop postern.socket") != std::string::npos);
    BOOST_TEST(worker.wait() == 0);
}

BOOST_AUTO_TEST_CASE(a_rotation_keeps_the_newest_and_what_is_not_its_own) {
    BOOST_TEST(postern({"backup", "create", "--keep", "0"}).code == 2);
    const fs::path backups = state / "backups";
    fs::create_directory(backups);
    for (const char* name : {"postern-20200101T000000Z.db", "postern-20210101T000000Z.db",
                             "schema-1-20200101T000000Z.db", "postern-of-mine.db"})
        std::ofstream(backups / name) << name;
    const fs::path newest = create({"--keep", "2"});
    BOOST_TEST(!fs::exists(backups / "postern-20200101T000000Z.db"));
    BOOST_TEST(fs::exists(backups / "postern-20210101T000000Z.db"));
    BOOST_TEST(fs::exists(backups / "schema-1-20200101T000000Z.db"));
    BOOST_TEST(fs::exists(backups / "postern-of-mine.db"));
    BOOST_TEST(fs::exists(newest));
}

BOOST_AUTO_TEST_CASE(a_copy_brings_the_accounts_back_and_keeps_what_was_there) {
    const fs::path copy = create();
    BOOST_TEST(postern({"backup", "verify", copy.string()}).code == 0);
    (void)add("grace@example.org");
    const auto done = json_of({"backup", "restore", copy.string(), "--yes"});
    BOOST_TEST(accounts() == 1U);
    BOOST_TEST(fs::exists(done.at("kept").get<std::string>()));
    BOOST_TEST(postern({"backup", "verify", copy.string()}).code == 0);
}

BOOST_AUTO_TEST_CASE(a_migration_that_has_nothing_to_do_copies_nothing) {
    BOOST_TEST(postern({"migrate", "--backup"}).code == 0);
    BOOST_TEST(!fs::exists(state / "backups"));
}

BOOST_AUTO_TEST_SUITE_END()
