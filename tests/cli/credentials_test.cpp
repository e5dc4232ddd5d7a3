// What a shell can see of the workers' credentials.
#include "cli/credentials.h"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "support/temporary_directory.h"

using cli::Credential;
using cli::credentials_in;
using Lies = Credential::Lies;

namespace {

struct Two {
    support::TemporaryDirectory directory;
    const cli::Stores stores{{directory.path() / "none", directory.path() / "plain"},
                             {directory.path() / "sealed"}};

    void write(const std::string& name, std::string_view text, mode_t mode = 0600) const {
        const auto file = directory.path() / name;
        create_directories(file.parent_path());
        std::ofstream(file) << text;
        chmod(file.c_str(), mode);
    }
    [[nodiscard]] cli::Sight look(const std::string& name, std::string_view unit) const {
        return cli::look_for(name, credentials_in(unit), stores);
    }
    void finds(const std::string& name, std::string_view unit, std::string_view words) const {
        const cli::Sight sight = look(name, unit);
        BOOST_TEST(sight.flaw.find(words) != std::string::npos, sight.flaw);
        BOOST_TEST(sight.unseen == "");
    }
    void is_content(const std::string& name, std::string_view unit) const {
        const cli::Sight sight = look(name, unit);
        BOOST_TEST(sight.flaw == "");
        BOOST_TEST(sight.unseen == "");
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(credentials_test, Two)

BOOST_AUTO_TEST_CASE(a_credential_that_the_unit_does_not_hand_over_is_told_with_those_it_does) {
    const char* unit = "[Service]\nLoadCredential=postern.relay-password\n";
    finds("relay-password", unit,
          "no credential \"relay-password\", but "
          "\"postern.relay-password\"");
    finds("relay-password", unit, "add LoadCredential=relay-password");
    finds("relay-password", "[Service]\n", "none at all");
}

BOOST_AUTO_TEST_CASE(one_that_is_nowhere_is_told_with_where_it_is_looked_for) {
    finds("a", "LoadCredential=a\n", "to " + (directory.path() / "none/a").string());
    finds("a", "LoadCredential=a:/nowhere/a\n", "to /nowhere/a");
    finds("a", "LoadCredentialEncrypted=a\n", (directory.path() / "sealed/a").string());
}

BOOST_AUTO_TEST_CASE(one_that_is_empty_or_of_several_lines_or_open_to_others_is_told) {
    write("plain/a", "\n");
    finds("a", "LoadCredential=a\n", "in one line");
    write("plain/a", "one\ntwo\n");
    finds("a", "LoadCredential=a\n", "in one line");
    write("plain/a", "s3cret\n", 0644);
    finds("a", "LoadCredential=a\n", "chmod o=");
}

BOOST_AUTO_TEST_CASE(one_that_is_there_is_good) {
    write("plain/a", "s3cret\n");
    write("elsewhere", "s3cret\n");
    write("sealed/b", "only this machine can read it\nin lines\n");
    is_content("a", "LoadCredential=a\n");
    is_content("a", "LoadCredentialEncrypted=a\n");  // a plain one does as well
    is_content("b", "LoadCredentialEncrypted=b\n");
    is_content("c", "LoadCredential=c:" + (directory.path() / "elsewhere").string() + "\n");
    is_content("d", "SetCredential=d:in the unit\n");
}

BOOST_AUTO_TEST_CASE(an_empty_line_takes_back_those_above_it) {
    const auto left = credentials_in(
        "LoadCredential=a\nLoadCredentialEncrypted=b\nSetCredential=c:x\n# LoadCredential=z\n"
        "LoadCredential=\nLoadCredentialEncrypted=d:/e\n");
    BOOST_REQUIRE_EQUAL(left.size(), 2U);
    BOOST_TEST(left[0].name == "c");
    BOOST_TEST((left[0].lies == Lies::in_the_unit));
    BOOST_TEST(left[1].name == "d");
    BOOST_TEST(left[1].file == "/e");
    BOOST_TEST((left[1].lies == Lies::sealed));
}

BOOST_AUTO_TEST_SUITE_END()
