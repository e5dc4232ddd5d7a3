#include "cli/user_commands.h"

#include <boost/test/unit_test.hpp>

#include "cli/installation.h"
#include "support/terminal.h"

namespace {

struct World : support::MigratedInstallation {
    void refuses(const std::vector<std::string>& words, int code, std::string_view told,
                 const std::string& input = "") const {
        const auto ended = postern(words, input);
        BOOST_TEST(ended.code == code);
        BOOST_TEST(ended.out == "");
        BOOST_TEST(ended.err.find(told) != std::string::npos, ended.err);
    }
    void refuses_password(const std::string& password, std::string_view told) const {
        refuses({"user", "add", "ada@example.org"}, 1, told, password + "\n");
    }
    [[nodiscard]] std::size_t accounts() const {
        return json_of({"user", "list"}).at("accounts").size();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(user_commands_test, World)

BOOST_AUTO_TEST_CASE(what_is_no_address_name_or_role_is_wrong_use) {
    refuses({"user", "add", "ada"}, 2, "\"ada\" is no e-mail address");
    refuses({"user", "add", "a@b.example", "--role", "Admin"}, 2, "\"Admin\" is no role");
    refuses({"user", "add", "a@b.example", "--name", "a\nb"}, 2, "one line");
    refuses({"user", "add", "a@b.example", "--name", std::string(101, 'x')}, 2, "100 characters");
    BOOST_TEST(accounts() == 0U);
}

BOOST_AUTO_TEST_CASE(a_password_against_the_rules_is_refused_in_clear_words) {
    refuses_password("", "no password was given");
    refuses_password("fourteen chars", "at least 15 characters");
    refuses_password(std::string(1'025, 'x'), "at most 1024 bytes");
    refuses_password(std::string(5'000, 'x'), "too long");
    refuses_password("\xff\xfe and more than fifteen", "UTF-8");
    refuses_password("Ada@Example.org", "own address");
    refuses({"user", "add", "ada@example.org"}, 1, "no password was given");  // nothing at all
    BOOST_TEST(accounts() == 0U);
}

BOOST_AUTO_TEST_CASE(an_account_is_added_once_with_its_name_and_roles) {
    const auto added = json_of({"user", "add", "Ada@Example.org", "--name", "Ada Lovelace",
                                "--role", "members", "--role", "admin"},
                               support::good_password);
    BOOST_TEST(added.at("email").get<std::string>() == "ada@example.org");
    BOOST_TEST(added.at("name").get<std::string>() == "Ada Lovelace");
    BOOST_TEST(added.at("roles") == nlohmann::json({"admin", "members"}));
    BOOST_TEST(added.at("state").get<std::string>() == "active");
    BOOST_TEST(added.at("id").is_string());
    refuses({"user", "add", "ADA@example.org"}, 1, "has an account already",
            support::good_password);
    BOOST_TEST(accounts() == 1U);
}

BOOST_AUTO_TEST_CASE(an_account_is_called_by_address_or_id) {
    const auto added = add("ada@example.org");
    const auto id = added.at("id").get<std::string>();
    BOOST_TEST(json_of({"user", "show", id}).at("email") == added.at("email"));
    BOOST_TEST(json_of({"user", "show", " ADA@example.org"}).at("id") == added.at("id"));
    for (const char* who : {"bob@example.org", "17", "ada", "", "99999999999999999999"}) {
        refuses({"user", "show", who}, 1, "there is no account");
    }
    for (const char* command : {"lock", "unlock", "delete", "reset-link"}) {
        refuses({"user", command, "bob@example.org"}, 1, "there is no account");
    }
}

BOOST_AUTO_TEST_CASE(the_list_is_by_address_and_its_columns_are_aligned) {
    for (const char* email : {"zoe@example.org", "ada@example.org", "bob.long@example.org"}) {
        (void)add(email);
    }
    const auto accounts = json_of({"user", "list"}).at("accounts");
    BOOST_REQUIRE(accounts.size() == 3U);
    BOOST_TEST(accounts[0].at("email").get<std::string>() == "ada@example.org");
    BOOST_TEST(accounts[0].at("name").is_null());
    BOOST_TEST(accounts[2].at("email").get<std::string>() == "zoe@example.org");

    std::istringstream lines(postern({"user", "list"}).out);
    std::vector<std::size_t> places;
    for (std::string line; std::getline(lines, line);) {
        places.push_back(line.find(places.empty() ? "state" : "active"));
    }
    BOOST_REQUIRE(places.size() == 4U);
    for (const std::size_t place : places) BOOST_TEST(place == places.front());
}

BOOST_AUTO_TEST_CASE(an_account_is_locked_and_unlocked) {
    (void)add("ada@example.org");
    const auto state_of = [](const nlohmann::json& account) {
        return account.at("state").get<std::string>();
    };
    BOOST_TEST(state_of(json_of({"user", "lock", "ada@example.org"})) == "locked");
    BOOST_TEST(state_of(json_of({"user", "show", "ada@example.org"})) == "locked");
    refuses({"user", "reset-link", "ada@example.org"}, 1, "unlock it first");
    BOOST_TEST(state_of(json_of({"user", "unlock", "ada@example.org"})) == "active");
}

BOOST_AUTO_TEST_CASE(roles_are_given_and_taken_away) {
    (void)add("ada@example.org");
    refuses({"user", "role", "ada@example.org"}, 2, "--add ROLE or --remove ROLE");
    refuses({"user", "role", "ada@example.org", "--add", "no role"}, 2, "is no role");
    const auto roles = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {"user", "role", "ada@example.org"});
        return json_of(words).at("roles");
    };
    BOOST_TEST(roles({"--add", "b", "--add", "a"}) == nlohmann::json({"a", "b"}));
    BOOST_TEST(roles({"--add", "c", "--remove", "a"}) == nlohmann::json({"b", "c"}));
    BOOST_TEST(roles({"--remove", "b", "--remove", "c"}).empty());
}

BOOST_AUTO_TEST_CASE(an_account_is_deleted_only_when_that_was_said) {
    (void)add("ada@example.org");
    refuses({"user", "delete", "ada@example.org"}, 2, "say --yes", "y\n");
    BOOST_TEST(accounts() == 1U);
    BOOST_TEST(postern({"user", "delete", "ada@example.org", "--yes"}).code == 0);
    BOOST_TEST(accounts() == 0U);
}

BOOST_AUTO_TEST_CASE(a_reset_link_is_told_with_its_life) {
    (void)add("ada@example.org");
    const auto link = json_of({"user", "reset-link", "ada@example.org"});
    BOOST_TEST(link.at("link").get<std::string>().starts_with(
        "http://localhost:8080/account/reset-password/confirm?token="));
    const auto text = postern({"user", "reset-link", "ada@example.org"}).out;
    BOOST_TEST(text.substr(0, text.find('\n')).starts_with("http://localhost:8080/account/"));
    BOOST_TEST(text.find("(1h from now)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(at_a_terminal_the_password_is_asked_for_twice_and_not_shown) {
    const auto type = [&](const std::string& first, const std::string& second) {
        support::Terminal terminal(
            {POSTERN_BINARY, "user", "add", "ada@example.org", "--config", config.string()});
        terminal.wait_for("New password: ");
        terminal.type(first + "\n");
        terminal.wait_for("The same again: ");
        terminal.type(second + "\n");
        return terminal.end();
    };
    const auto differ = type("correct horse battery staple", "correct horse battery stable");
    BOOST_TEST(differ.code == 1);
    BOOST_TEST(differ.out.find("the two passwords differ") != std::string::npos);
    BOOST_TEST(accounts() == 0U);

    const auto same = type("correct horse battery staple", "correct horse battery staple");
    BOOST_TEST(same.code == 0);
    BOOST_TEST(same.out.find("added ada@example.org") != std::string::npos);
    BOOST_TEST(same.out.find("correct") == std::string::npos, same.out);
}

BOOST_AUTO_TEST_CASE(an_interrupt_at_the_prompt_leaves_the_terminal_with_its_echo) {
    support::Terminal terminal(
        {POSTERN_BINARY, "user", "add", "ada@example.org", "--config", config.string()});
    terminal.wait_for("New password: ");
    BOOST_TEST(!terminal.echoes());
    terminal.type("half a pass\x03");  // Ctrl-C
    const auto ended = terminal.end();
    BOOST_TEST(ended.code == 128 + SIGINT);
    BOOST_TEST(terminal.echoes());
    BOOST_TEST(accounts() == 0U);
}

BOOST_AUTO_TEST_CASE(at_a_terminal_a_deletion_is_asked_for) {
    (void)add("ada@example.org");
    const auto answer = [&](const std::string& word) {
        support::Terminal terminal(
            {POSTERN_BINARY, "user", "delete", "ada@example.org", "--config", config.string()});
        terminal.wait_for("[y/N] ");
        terminal.type(word + "\n");
        return terminal.end().code;
    };
    BOOST_TEST(answer("n") == 1);
    BOOST_TEST(answer("") == 1);
    BOOST_TEST(accounts() == 1U);
    BOOST_TEST(answer("y") == 0);
    BOOST_TEST(accounts() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
