#include "cli/config_commands.h"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "cli/installation.h"
#include "config/keys.h"

namespace {

struct Configured : support::Installation {
    void append(std::string_view text) const { std::ofstream(config, std::ios::app) << text; }
    void ask_for_credential() const {
        std::filesystem::create_directory(config.string() + ".d");
        std::ofstream(config.string() + ".d/mail.toml")
            << "[mail]\nrelays = [\"smtps://me@mail.example.org\"]\n"
               "password = \"credential:relay-password\"\n";
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(config_commands_test, Configured)

BOOST_AUTO_TEST_CASE(a_bad_configuration_ends_serve_with_78_and_others_with_1) {
    append("min_lenght = 20\n[lanes]\nquick_threads = 0\n");
    for (const auto& [word, code] : {std::pair{"serve", 78}, {"migrate", 1}, {"expire", 1}}) {
        const auto ended = postern({word});
        BOOST_TEST(ended.code == code);
        BOOST_TEST(ended.out == "");
        BOOST_TEST(ended.err.starts_with(config.string() +
                                         ":10:1: unknown key "
                                         "\"password.min_lenght\"; did you mean "
                                         "\"password.min_length\"?\n" +
                                         config.string() + ":12:17: lanes.quick_threads must be"),
                   ended.err);
    }
    BOOST_TEST(!exists(state / "key"));
}

BOOST_AUTO_TEST_CASE(a_check_tells_every_mistake_with_its_place) {
    append("min_lenght = 20\n[lanes]\nquick_threads = 0\n");
    const auto told = postern({"config", "check", "--json"});
    BOOST_TEST(told.code == 1);
    const auto mistakes = nlohmann::json::parse(told.out).at("problems");
    BOOST_REQUIRE(mistakes.size() == 2U);
    BOOST_TEST(mistakes[0].at("line").get<int>() == 10);
    BOOST_TEST(mistakes[1].at("line").get<int>() == 12);
    BOOST_TEST(mistakes[1].at("column").get<int>() == 17);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_toml_is_one_mistake_with_its_place) {
    append("min_lenght = 20\npasses = 3\n");
    const auto text = postern({"config", "check"});
    BOOST_TEST(text.code == 1);
    BOOST_TEST(text.err.find(":11:") != std::string::npos, text.err);  // passes, given twice

    const auto json = postern({"config", "check", "--json"});
    BOOST_TEST(json.code == 1);
    const auto problems = nlohmann::json::parse(json.out).at("problems");
    BOOST_REQUIRE(problems.size() == 1U);
    BOOST_TEST(problems[0].at("file").get<std::string>() == config.string());
    BOOST_TEST(problems[0].at("line").get<int>() == 11);
}

BOOST_AUTO_TEST_CASE(a_good_one_is_told_as_good_with_what_was_not_looked_at) {
    BOOST_TEST(postern({"config", "check"}).out == config.string() + ": good\n");
    BOOST_TEST(json_of({"config", "check"}).at("problems").empty());
    ask_for_credential();
    const auto unread = postern({"config", "check"});
    BOOST_TEST(unread.code == 0);
    BOOST_TEST(unread.out.find("not checked: mail.password: the credential \"relay-password\"") !=
               std::string::npos);
    append("mail.relays = []\n");
    BOOST_TEST(postern({"config", "check"}).code == 1);  // [password] mail.relays is no key
}

BOOST_AUTO_TEST_CASE(a_credential_that_the_unit_does_not_hand_over_is_a_mistake) {
    // A check that forgot what it had found was noticed only where a machine can be booted.
    ask_for_credential();
    const auto systemctl = directory.path() / "systemctl";
    std::ofstream(systemctl) << "#!/bin/sh\necho LoadCredential=postern.key\n";
    chmod(systemctl.c_str(), 0700);
    const auto checked =
        support::run({"/usr/bin/env", "PATH=" + directory.path().string() + ":/usr/bin:/bin",
                      POSTERN_BINARY, "config", "check", "--config", config.string()});
    BOOST_TEST(checked.code == 1);
    BOOST_TEST(checked.err.find("hands over no credential \"relay-password\"") != std::string::npos,
               checked.err);
}

BOOST_AUTO_TEST_CASE(every_key_is_shown_and_the_text_says_the_same_when_read_again) {
    const auto keys = json_of({"config", "show"}).at("keys");
    BOOST_TEST(keys.size() == postern::all_keys().size());

    const auto shown = postern({"config", "show"});
    BOOST_TEST(shown.code == 0);
    BOOST_TEST(shown.out.find("memory_kib = 8192  # " + config.string() + ":8\n") !=
               std::string::npos);
    BOOST_TEST(shown.out.find("idle = \"12h\"  # default\n") != std::string::npos);
    std::ofstream(config) << shown.out;
    auto again = json_of({"config", "show"}).at("keys");
    for (std::size_t i = 0; i < keys.size(); ++i) BOOST_TEST(again[i]["value"] == keys[i]["value"]);
}

BOOST_AUTO_TEST_CASE(a_secret_is_shown_as_where_it_lies) {
    std::ofstream(directory.path() / "secret") << "hunter2\n";
    chmod((directory.path() / "secret").c_str(), 0600);
    std::filesystem::create_directory(config.string() + ".d");
    std::ofstream(config.string() + ".d/mail.toml")
        << "[mail]\nrelays = [\"smtps://me@mail.example.org\"]\npassword = \"file:../secret\"\n";
    const auto shown = postern({"config", "show"});
    BOOST_TEST(shown.out.find("password = \"file:" + (directory.path() / "secret").string()) !=
               std::string::npos);
    BOOST_TEST(shown.out.find("hunter2") == std::string::npos);
    BOOST_TEST(postern({"config", "show", "--json"}).out.find("hunter2") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
