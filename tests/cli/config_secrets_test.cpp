#include "config.h"

#include <boost/test/unit_test.hpp>
#include <cstdlib>

#include "config/forms.h"
#include "config/keys.h"
#include "support/config_directory.h"

using namespace support;

BOOST_FIXTURE_TEST_SUITE(config_secrets_test, Directory)

BOOST_AUTO_TEST_CASE(a_secret_in_the_file_itself_is_refused_and_not_repeated) {
    const std::string text =
        at_origin("https://example.org",
                  "relays = [\"smtps://me@mail.example.org\"]\npassword = \"hunter2\"\n");
    const auto problems = problems_of(text);
    BOOST_REQUIRE(problems.size() == 1U);
    BOOST_TEST(problems[0].line == 5);
    BOOST_TEST(problems[0].column == 12);
    BOOST_TEST(problems[0].text.find("never stands in this file") != std::string::npos);
    BOOST_TEST(problems[0].text.find("hunter2") == std::string::npos);
    BOOST_CHECK_THROW((void)load(text, Secrets::unread), ConfigError);
}

// A number too large, or a word that begins like true, was quoted by the parser of TOML.
BOOST_AUTO_TEST_CASE(a_secret_that_lacks_its_quotes_is_not_repeated) {
    for (const std::string secret :
         {"82364018263401826340182", "tr0ub4dor", "fallacious", "nasturtium", "hunter2", "0x2f7ag",
          "1979-05-2x", "8236e9999999", "'hunter2", "\"hunter2", "-infinite"}) {
        const auto problems =
            problems_of(at_origin("https://example.org", "password = " + secret + "\n"));
        BOOST_REQUIRE(problems.size() == 1U);
        BOOST_TEST(problems[0].line == 4);
        for (std::size_t at = 0; at + 4 <= secret.size(); ++at) {
            BOOST_TEST(problems[0].text.find(secret.substr(at, 4)) == std::string::npos,
                       problems[0].text);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_secret_comes_from_a_file_that_others_cannot_read) {
    const auto text = [](const std::string& source) {
        return at_origin(
            "https://example.org",
            "relays = [\"smtps://me@mail.example.org\"]\npassword = \"" + source + "\"\n");
    };
    const auto refusal = [&](const std::string& source) {
        const auto problems = problems_of(text(source));
        BOOST_REQUIRE(problems.size() == 1U);
        BOOST_TEST(problems[0].line == 5);
        return problems[0].text;
    };
    BOOST_TEST(refusal("file:none").find("cannot read") != std::string::npos);
    BOOST_TEST(refusal("file:.").find("cannot read") != std::string::npos);
    write("open", "hunter2\n", 0644);
    BOOST_TEST(refusal("file:open").find("must not be readable by others") != std::string::npos);
    write("empty", "\n");
    BOOST_TEST(refusal("file:empty").find("in one line") != std::string::npos);
    write("lines", "hunter2\nhunter3\n");
    BOOST_TEST(refusal("file:lines").find("in one line") != std::string::npos);
    write("long", std::string(20'000, 'x'));
    BOOST_TEST(refusal("file:long").find("16 KiB") != std::string::npos);

    write("windows", "s3cret\r\n");
    BOOST_TEST(load(text("file:windows")).mail.relays[0].password.reveal() == "s3cret");
    write("bare", "s3cret");
    BOOST_TEST(load(text("file:bare")).mail.relays[0].password.reveal() == "s3cret");
}

BOOST_AUTO_TEST_CASE(a_secret_comes_from_systemds_credentials) {
    const auto text = [](const std::string& name) {
        return at_origin("https://example.org",
                         "relays = [\"smtps://me@mail.example.org\"]\npassword = "
                         "\"credential:" +
                             name + "\"\n");
    };
    for (const char* name : {"", "../key", "a/b", ".hidden"}) {
        BOOST_TEST(problems_of(text(name)).size() == 1U);
    }
    const auto none = problems_of(text("relay-password"));
    BOOST_REQUIRE(none.size() == 1U);
    BOOST_TEST(none[0].text.find("CREDENTIALS_DIRECTORY") != std::string::npos);

    write("credentials/relay-password", "t0ken\n", 0444);
    setenv("CREDENTIALS_DIRECTORY", (directory.path() / "credentials").c_str(), 1);
    BOOST_TEST(load(text("relay-password")).mail.relays[0].password.reveal() == "t0ken");
    BOOST_TEST(problems_of(text("other")).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_credential_goes_before_the_key_file) {
    create_directory(directory.path() / "credentials");
    setenv("CREDENTIALS_DIRECTORY", (directory.path() / "credentials").c_str(), 1);
    const std::string text =
        at_origin("https://example.org", "relays = [\"smtps://mail.example.org\"]\n");
    BOOST_TEST(load(text, Secrets::unread).key_file == "/var/lib/postern/key");
    write("credentials/postern.key", "a key\n", 0400);
    BOOST_TEST(load(text, Secrets::unread).key_file ==
               directory.path() / "credentials/postern.key");
}

// Bug: without credentials, a file postern.key in the working directory was taken for the key.
BOOST_AUTO_TEST_CASE(a_key_that_lies_where_a_command_is_run_is_none_of_ours) {
    write("postern.key", "a key of somebody else\n");
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(directory.path());
    const auto key_file = load_with("").key_file;
    std::filesystem::current_path(before);
    BOOST_TEST(key_file == "/var/lib/postern/key");
}

BOOST_AUTO_TEST_CASE(an_operators_shell_needs_no_secrets_and_a_check_says_what_it_left) {
    const std::string text = at_origin("https://example.org",
                                       "relays = [\"smtps://me@mail.example.org\"]\npassword = "
                                       "\"credential:relay-password\"\n");
    const Config unread = load(text, Secrets::unread);
    BOOST_TEST(unread.mail.relays[0].password.empty());
    BOOST_TEST(unread.unread_secrets.empty());
    const Config checked = load(text, Secrets::if_reachable);
    BOOST_REQUIRE(checked.unread_secrets.size() == 1U);
    BOOST_TEST(checked.unread_secrets[0].find("relay-password") != std::string::npos);

    const std::string file_text =
        at_origin("https://example.org",
                  "relays = [\"smtps://me@mail.example.org\"]\npassword = \"file:none\"\n");
    BOOST_CHECK_NO_THROW((void)load(file_text, Secrets::unread));
    BOOST_CHECK_THROW((void)load(file_text, Secrets::if_reachable), ConfigError);
}

BOOST_AUTO_TEST_SUITE_END()
