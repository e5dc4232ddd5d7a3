#include "cli/mail_commands.h"

#include <boost/test/unit_test.hpp>

#include "cli/installation.h"
#include "cli/opened_domain.h"
#include "mail/outbox.h"

namespace {

struct Queue : support::MigratedInstallation {
    [[nodiscard]] std::string test_mail() const {
        return json_of({"mail", "test", "Ada@example.org"}).at("id").get<std::string>();
    }
    [[nodiscard]] nlohmann::json mail(const std::string& id) const {
        return json_of({"mail", "show", id});
    }
    [[nodiscard]] std::string state_of(const std::string& id) const {
        return mail(id).at("state").get<std::string>();
    }
    void refuses(const std::vector<std::string>& words, int code, std::string_view told) const {
        const auto ended = postern(words);
        BOOST_TEST(ended.code == code);
        BOOST_TEST(ended.err.find(told) != std::string::npos, ended.err);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(mail_commands_test, Queue)

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_wrong_use_and_what_is_not_there_is_refused) {
    refuses({"mail", "test", "ada"}, 2, "\"ada\" is no e-mail address");
    refuses({"mail", "list", "--state", "lost"}, 2, "due, accepted, shelved, expired, discarded");
    refuses({"mail", "list", "--limit", "0"}, 2, "--limit must be from 1");
    refuses({"mail", "list", "--limit", "x"}, 2, "--limit");
    refuses({"mail", "show"}, 2, "ID is required");
    refuses({"mail", "show", "x"}, 2, "ID");
    refuses({"mail", "show", "17", "18"}, 2, "one mail at a time");
    refuses({"mail", "show", "17"}, 1, "there is no mail 17");
    refuses({"mail", "drop", "17"}, 1, "unknown: 17");
    refuses({"mail", "retry"}, 2, "say which mails, or --all");
    refuses({"mail", "retry", "17", "--all"}, 2, "say which mails, or --all");
    refuses({"mail", "retry", "17"}, 1, "unknown: 17");
}

BOOST_AUTO_TEST_CASE(a_test_mail_is_queued_like_any_other) {
    const std::string id = test_mail();
    const auto shown = mail(id);
    BOOST_TEST(shown.at("kind").get<std::string>() == "test");
    BOOST_TEST(shown.at("recipient").get<std::string>() == "ada@example.org");
    BOOST_TEST(shown.at("state").get<std::string>() == "due");
    BOOST_TEST(shown.at("attempts").get<int>() == 0);
    BOOST_TEST(!shown.at("being_tried").get<bool>());
    BOOST_TEST(shown.at("last_reply").is_null());
    const auto status = json_of({"mail", "status"});
    BOOST_TEST(status.at("due").get<int>() == 1);
    BOOST_TEST(status.at("shelved").get<int>() == 0);
    BOOST_TEST(status.at("oldest_due_at") == shown.at("created_at"));
}

BOOST_AUTO_TEST_CASE(mails_are_listed_by_state_the_newest_first) {
    const std::string first = test_mail();
    const std::string second = test_mail();
    BOOST_TEST(postern({"mail", "drop", first}).code == 0);
    const auto all = json_of({"mail", "list"}).at("mails");
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST(all[0].at("id").get<std::string>() == second);
    const auto due = json_of({"mail", "list", "--state", "due"}).at("mails");
    BOOST_REQUIRE(due.size() == 1U);
    BOOST_TEST(due[0].at("id").get<std::string>() == second);
    BOOST_TEST(json_of({"mail", "list", "--limit", "1"}).at("mails").size() == 1U);
    BOOST_TEST(postern({"mail", "list"}).out.find("ada@example.org") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(mails_are_dropped_and_each_refusal_is_told) {
    const std::string first = test_mail();
    const std::string second = test_mail();
    const auto dropped = postern({"mail", "drop", first, "99", second});
    BOOST_TEST(dropped.code == 1);
    BOOST_TEST(dropped.out == "dropped 2 mails\n");
    BOOST_TEST(dropped.err.find("unknown: 99") != std::string::npos);
    for (const std::string& id : {first, second}) {
        BOOST_TEST(state_of(id) == "discarded");
        refuses({"mail", "retry", id}, 1, "not sent again, being sent, done with");
    }
}

BOOST_AUTO_TEST_CASE(what_lies_on_the_shelf_is_sent_again_on_request) {
    const std::string id = test_mail();
    cli::Arguments arguments;
    arguments.config = config.string();
    cli::OpenedDomain opened(arguments);
    const base::Seconds now = opened.domain().clock.now();
    {
        store::Transaction transaction(opened.domain().database);
        auto leased = mail::take(transaction, mail::Order::freshest, now);
        BOOST_REQUIRE(leased.has_value());
        BOOST_TEST(
            mail::finish(transaction, *leased, mail::State::shelved, "550 no such user", now));
        transaction.commit();
    }
    BOOST_TEST(state_of(id) == "shelved");
    BOOST_TEST(mail(id).at("last_reply").get<std::string>() == "550 no such user");
    const auto again = json_of({"mail", "retry", "--all"});
    BOOST_TEST(again.at("done").get<int>() == 1);
    BOOST_TEST(state_of(id) == "due");
}

BOOST_AUTO_TEST_SUITE_END()
