#include "cli/session_commands.h"

#include <boost/test/unit_test.hpp>

#include "accounts/sign_in.h"
#include "cli/installation.h"
#include "cli/opened_domain.h"

namespace {

struct SignedIn : support::MigratedInstallation {
    SignedIn() { (void)add("ada@example.org"); }

    // As a worker beside the commands does it.
    void sign_in(const std::string& agent) const {
        cli::Arguments arguments;
        arguments.config = config.string();
        cli::OpenedDomain opened(arguments);
        const auto result =
            accounts::sign_in(opened.domain(), "ada@example.org", "correct horse battery staple",
                              false, {"192.0.2.1", agent}, std::nullopt);
        BOOST_REQUIRE(std::holds_alternative<accounts::NewSession>(result));
    }
    [[nodiscard]] nlohmann::json sessions() const {
        return json_of({"session", "list", "ada@example.org"}).at("sessions");
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(session_commands_test, SignedIn)

BOOST_AUTO_TEST_CASE(which_session_must_be_said_and_be_there) {
    sign_in("a");
    BOOST_TEST(postern({"session", "end", "ada@example.org"}).code == 2);
    BOOST_TEST(postern({"session", "end", "ada@example.org", "x", "--all"}).code == 2);
    BOOST_TEST(postern({"session", "end", "ada@example.org", "x"}).code == 1);
    BOOST_TEST(postern({"session", "end", "bob@example.org", "--all"}).code == 1);
    BOOST_TEST(sessions().size() == 1U);
}

BOOST_AUTO_TEST_CASE(one_session_or_all_are_ended) {
    for (const char* agent : {"a", "b", "c"}) sign_in(agent);
    const auto before = sessions();
    BOOST_REQUIRE(before.size() == 3U);
    const auto id = before[0].at("id").get<std::string>();
    BOOST_TEST(postern({"session", "list", "ada@example.org"}).out.find(id) != std::string::npos);
    // Behind "--", because an id may begin with a dash.
    const auto one = support::run({POSTERN_BINARY, "session", "end", "--config", config.string(),
                                   "ada@example.org", "--", id});
    BOOST_TEST(one.code == 0);
    BOOST_TEST(one.out == "ended 1 session of ada@example.org\n");
    BOOST_TEST(sessions().size() == 2U);
    const auto all = json_of({"session", "end", "ada@example.org", "--all"});
    BOOST_TEST(all.at("ended").get<int>() == 2);
    BOOST_TEST(sessions().empty());
}

BOOST_AUTO_TEST_SUITE_END()
