#include "cli/audit_commands.h"

#include <boost/test/unit_test.hpp>

#include "cli/installation.h"

BOOST_FIXTURE_TEST_SUITE(audit_commands_test, support::MigratedInstallation)

BOOST_AUTO_TEST_CASE(an_anchor_that_is_none_is_wrong_use) {
    for (const char* anchor :
         {"x", "1", "1:", "1:abc", ":", "x:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}) {
        BOOST_TEST(postern({"audit", "verify", "--anchor", anchor}).code == 2, anchor);
    }
}

BOOST_AUTO_TEST_CASE(an_anchor_that_is_not_in_the_trail_is_told_by_the_exit_code) {
    const auto ended = postern({"audit", "verify", "--anchor", "1:" + std::string(43, 'A')});
    BOOST_TEST(ended.code == 1);
    BOOST_TEST(ended.out.find("is not there") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_trail_is_exported_and_its_head_is_an_anchor) {
    (void)add("ada@example.org");
    BOOST_TEST(postern({"user", "lock", "ada@example.org"}).code == 0);
    const auto events = json_of({"audit", "export"}).at("events");
    BOOST_REQUIRE(events.size() == 2U);
    BOOST_TEST(events.at(0).at("event").get<std::string>() == "account_added");
    BOOST_TEST(events.at(1).at("event").get<std::string>() == "account_locked");
    BOOST_TEST(events.at(1).at("id").get<std::string>() == "2");
    BOOST_TEST(events.at(1).at("actor").get<std::string>() == "operator");
    const auto verdict = json_of({"audit", "verify"});
    BOOST_TEST(verdict.at("good").get<bool>());
    BOOST_TEST(verdict.at("checked").get<int>() == 2);
    const auto head = verdict.at("head").get<std::string>();
    BOOST_TEST(head == "2:" + events.at(1).at("hash").get<std::string>());
    BOOST_TEST(postern({"user", "unlock", "ada@example.org"}).code == 0);
    const auto ended = postern({"audit", "verify", "--anchor", head});
    BOOST_TEST(ended.code == 0);
    BOOST_TEST(ended.out.find("3 events, one chain") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
