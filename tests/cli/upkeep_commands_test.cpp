#include "cli/upkeep_commands.h"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "cli/installation.h"
#include "support/skip.h"

BOOST_FIXTURE_TEST_SUITE(upkeep_commands_test, support::Installation)

BOOST_AUTO_TEST_CASE(commands_do_not_make_a_database_that_is_not_there) {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"user", "list"}, {"expire"}, {"session", "list", "1"}}) {
        const auto ended = postern(words);
        BOOST_TEST(ended.code == 1);
        BOOST_TEST(ended.err.find("postern migrate creates it") != std::string::npos);
    }
    BOOST_TEST(std::filesystem::is_empty(state));
}

BOOST_AUTO_TEST_CASE(migrate_needs_the_directories) {
    std::filesystem::remove(state);
    const auto ended = postern({"migrate"});
    BOOST_TEST(ended.code == 1);
    BOOST_TEST(ended.err.find("there is no directory " + state.string()) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(migrate_refuses_a_bad_key_file_and_leaves_it) {
    std::ofstream(state / "key") << "not a key\n";
    chmod((state / "key").c_str(), 0600);
    BOOST_TEST(postern({"migrate"}).code == 1);
    BOOST_TEST(support::process_detail::contents(state / "key") == "not a key\n");
    BOOST_TEST(!exists(state / "postern.db"));
}

BOOST_AUTO_TEST_CASE(migrate_makes_key_and_database_once_for_their_owner_alone) {
    const auto first = json_of({"migrate"});
    BOOST_TEST(first.at("key_made").get<bool>());
    BOOST_TEST(first.at("applied").get<int>() == first.at("schema").get<int>());
    const std::string key = support::process_detail::contents(state / "key");
    for (const auto& entry : std::filesystem::directory_iterator(state)) {
        const bool is_private = (entry.status().permissions() & std::filesystem::perms(077)) ==
                                std::filesystem::perms::none;
        BOOST_TEST(is_private, entry.path());
    }
    const auto second = json_of({"migrate"});
    BOOST_TEST(!second.at("key_made").get<bool>());
    BOOST_TEST(second.at("applied").get<int>() == 0);
    BOOST_TEST(support::process_detail::contents(state / "key") == key);
    BOOST_TEST(postern({"migrate"}).out.find("as before") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(expire_tells_how_much_was_dead) {
    BOOST_TEST(postern({"migrate"}).code == 0);
    const auto expired = json_of({"expire"});
    BOOST_TEST(
        expired ==
        nlohmann::json::parse(
            R"({"sessions":0,"claims":0,"tokens":0,"mails":0,"mail_counts":0,"throttles":0,"places":0,"events":0})"));
}

BOOST_AUTO_TEST_CASE(what_root_makes_belongs_to_the_owner_of_the_directory) {
    if (geteuid() != 0) {
        support::skip("needs root");
        return;
    }
    constexpr uid_t nobody = 65'534;
    chmod(directory.path().c_str(), 0711);
    BOOST_REQUIRE(chown(state.c_str(), nobody, nobody) == 0);
    BOOST_TEST(postern({"migrate"}).code == 0);
    BOOST_TEST(postern({"user", "add", "ada@example.org"}, support::good_password).code == 0);
    for (const auto& entry : std::filesystem::directory_iterator(state)) {
        struct stat status {};
        BOOST_REQUIRE(stat(entry.path().c_str(), &status) == 0);
        BOOST_TEST(status.st_uid == nobody);
        BOOST_TEST(status.st_gid == nobody);
    }
}

BOOST_AUTO_TEST_SUITE_END()
