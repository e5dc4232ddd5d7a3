#include "mail/smtp.h"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <stdexcept>

#include "mail/sender.h"

namespace {

struct Expected {
    std::string step;
    Act act;
    Outcome outcome;
};

void check(const std::vector<Expected>& table, std::chrono::milliseconds patience = 20s) {
    for (const Expected& row : table) {
        BOOST_TEST_CONTEXT(row.step << ": " << row.act.reply) {
            FakeRelay relay({{row.step, row.act}});
            Sender sender;
            sender.patience = patience;
            const auto start = Steady::now();
            const auto verdict = sender.send(relay);
            BOOST_TEST(verdict.outcome == row.outcome);
            BOOST_TEST((Steady::now() - start < patience + 3s), "the deadline is absolute");
            BOOST_TEST(!verdict.words.empty());
        }
    }
}

long resident_kib() {
    std::ifstream file("/proc/self/statm");
    long pages = 0;
    file >> pages >> pages;
    return pages * 4;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(smtp_test)

BOOST_FIXTURE_TEST_CASE(a_mail_arrives_as_it_was_sent, Sender) {
    const FakeRelay relay;
    const auto verdict = send(relay);
    BOOST_TEST(verdict.outcome == Outcome::accepted);
    BOOST_TEST(verdict.words == "250 queued as 1");
    const auto received = relay.accepted();
    BOOST_REQUIRE(received.size() == 1U);
    BOOST_TEST(received[0].from == "MAIL FROM:<no-reply@example.org>");
    BOOST_TEST(received[0].recipient == "RCPT TO:<ann@example.net>");
    BOOST_TEST(received[0].text == mail_test::letter);
    BOOST_TEST(relay.commands().front() == "EHLO example.org");
}

BOOST_AUTO_TEST_CASE(a_refusal_for_good_at_any_step_of_the_mail_is_the_mails_own) {
    check({{"MAIL", {"550 not you\r\n"}, Outcome::refused},
           {"RCPT", {"550-no\r\n550 such user\r\n"}, Outcome::refused},
           {"DATA", {"554 no\r\n"}, Outcome::refused},
           {"dot", {"552 too big\r\n"}, Outcome::refused},
           {"dot", {"554 spam\r\n", Then::close}, Outcome::refused}});
    FakeRelay relay(FakeRelay::Script{{"RCPT", {"550-no\r\n550 such user\r\n"}}});
    BOOST_TEST(Sender().send(relay).words == "550-no 550 such user");
}

BOOST_AUTO_TEST_CASE(a_refusal_of_ourselves_is_the_relays_trouble) {
    check({{"connect", {"554 go away\r\n"}, Outcome::relay_trouble},
           {"connect", {"421 too busy\r\n", Then::close}, Outcome::relay_trouble},
           {"connect", {"HTTP/1.1 400 Bad Request\r\n\r\n", Then::close}, Outcome::relay_trouble},
           {"EHLO", {"550 bad name\r\n", Then::close}, Outcome::relay_trouble},
           {"MAIL", {"530 sign in first\r\n"}, Outcome::relay_trouble},
           {"MAIL", {"452 disk full\r\n"}, Outcome::relay_trouble},
           {"MAIL", {"421 shutting down\r\n", Then::close}, Outcome::relay_trouble},
           {"RCPT", {"421 shutting down\r\n", Then::close}, Outcome::relay_trouble},
           {"RCPT", {"530 sign in first\r\n"}, Outcome::relay_trouble}});
}

BOOST_AUTO_TEST_CASE(a_deferral_is_for_later) {
    check({{"RCPT", {"451 greylisted\r\n"}, Outcome::try_later},
           {"DATA", {"451 later\r\n"}, Outcome::try_later},
           {"dot", {"451 later\r\n"}, Outcome::try_later},
           {"dot", {"421 shutting down\r\n", Then::close}, Outcome::try_later},
           {"DATA", {"250 not what you asked for\r\n"}, Outcome::try_later}});
}

BOOST_AUTO_TEST_CASE(a_lost_connection_is_judged_by_where_it_was_lost) {
    check({{"connect", {"", Then::close}, Outcome::relay_trouble},
           {"EHLO", {"250-fa", Then::close}, Outcome::relay_trouble},
           {"MAIL", {"250-", Then::close}, Outcome::relay_trouble},
           {"RCPT", {"", Then::close}, Outcome::try_later},
           {"DATA", {"35", Then::close}, Outcome::try_later},
           {"dot", {"", Then::close}, Outcome::unknown},
           {"dot", {"250-", Then::close}, Outcome::unknown},
           {"dot", {"250-almost\r\n", Then::close}, Outcome::unknown},
           {"dot", {"250 no line end", Then::close}, Outcome::unknown}});
}

BOOST_AUTO_TEST_CASE(silence_at_any_step_ends_with_our_patience) {
    check({{"connect", {"", Then::hang}, Outcome::relay_trouble},
           {"EHLO", {"", Then::hang}, Outcome::relay_trouble},
           {"MAIL", {"", Then::hang}, Outcome::relay_trouble},
           {"RCPT", {"", Then::hang}, Outcome::try_later},
           {"DATA", {"", Then::hang}, Outcome::try_later},
           {"dot", {"", Then::hang}, Outcome::unknown}},
          1'200ms);
}

BOOST_AUTO_TEST_CASE(a_byte_a_second_does_not_move_the_deadline) {
    check({{"connect", {"", Then::drip}, Outcome::relay_trouble},
           {"MAIL", {"", Then::drip}, Outcome::relay_trouble},
           {"dot", {"", Then::drip}, Outcome::unknown}},
          2'500ms);
}

BOOST_AUTO_TEST_CASE(endless_replies_cost_neither_memory_nor_time) {
    const long before = resident_kib();
    check({{"connect", {"", Then::endless_line}, Outcome::relay_trouble},
           {"connect", {"", Then::endless_lines}, Outcome::relay_trouble},
           {"EHLO", {"", Then::endless_line}, Outcome::relay_trouble},
           {"EHLO", {"", Then::endless_lines}, Outcome::relay_trouble},
           {"RCPT", {"", Then::endless_lines}, Outcome::try_later},
           {"dot", {"", Then::endless_line}, Outcome::unknown},
           {"dot", {"", Then::endless_lines}, Outcome::unknown}},
          1'500ms);
    BOOST_TEST(resident_kib() - before < 16 * 1'024);
}

BOOST_FIXTURE_TEST_CASE(a_relay_that_hangs_at_quit_has_accepted_all_the_same, Sender) {
    const FakeRelay relay({{"QUIT", {"", Then::hang}}});
    const auto way = relay.relay();
    mail::Smtp smtp(settings, way);
    auto start = Steady::now();
    BOOST_TEST(send(smtp).outcome == Outcome::accepted);
    BOOST_TEST((Steady::now() - start < 1s), "the verdict does not wait for QUIT");
    start = Steady::now();
    smtp.say_goodbye();
    BOOST_TEST((Steady::now() - start < 3s));
    BOOST_TEST(relay.heard("QUIT"));
}

BOOST_FIXTURE_TEST_CASE(a_relay_that_refuses_and_hangs_at_quit_is_soon_left, Sender) {
    const FakeRelay relay({{"RCPT", {"550 no\r\n"}}, {"QUIT", {"", Then::hang}}});
    const auto start = Steady::now();
    BOOST_TEST(send(relay).outcome == Outcome::refused);
    BOOST_TEST((Steady::now() - start < 5s));
}

BOOST_FIXTURE_TEST_CASE(a_relay_that_closes_after_its_250_has_accepted, Sender) {
    const FakeRelay relay({{"dot", {"250 got it\r\n", Then::close}}});
    const auto way = relay.relay();
    mail::Smtp smtp(settings, way);
    BOOST_TEST(send(smtp).outcome == Outcome::accepted);
    BOOST_TEST(send(smtp).outcome == Outcome::accepted);
    BOOST_TEST(relay.connections() == 2);
}

BOOST_FIXTURE_TEST_CASE(who_is_stopped_after_the_250_was_heard_has_delivered, Sender) {
    FakeRelay relay;
    std::atomic<bool> stop = false;
    relay.at("dot", [&stop] { stop = true; });
    must_stop = [&stop](bool) { return stop.load(); };
    const auto verdict = send(relay);
    // The reply and the stop race; whichever wins, what the relay has is never called unsent.
    BOOST_TEST((verdict.outcome == Outcome::accepted || verdict.outcome == Outcome::unknown));
    BOOST_TEST(relay.accepted().size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(nobody_there_is_the_relays_trouble, Sender) {
    mail::Relay relay;
    {
        const FakeRelay gone;
        relay = gone.relay();
    }
    BOOST_TEST(send(relay).outcome == Outcome::relay_trouble);
    relay.host = "no-such-host.invalid";
    BOOST_TEST(send(relay).outcome == Outcome::relay_trouble);
}

BOOST_FIXTURE_TEST_CASE(a_stop_breaks_off_before_the_text, Sender) {
    FakeRelay relay({{"RCPT", {"", Then::hang}}});
    must_stop = [](bool text_has_begun) { return !text_has_begun; };
    const auto start = Steady::now();
    BOOST_TEST(send(relay).outcome == Outcome::stopped);
    BOOST_TEST((Steady::now() - start < 3s));
}

BOOST_FIXTURE_TEST_CASE(a_stop_is_told_that_the_text_has_begun, Sender) {
    FakeRelay relay({{"dot", {"", Then::hang}}});
    int asked_in_text = 0;
    must_stop = [&asked_in_text](bool text_has_begun) {
        return text_has_begun && ++asked_in_text > 2;
    };
    BOOST_TEST(send(relay).outcome == Outcome::unknown);
}

BOOST_FIXTURE_TEST_CASE(a_lost_lease_stops_the_first_byte, Sender) {
    FakeRelay relay;
    is_still_mine = [] { return false; };
    BOOST_TEST(send(relay).outcome == Outcome::stopped);
    BOOST_TEST(relay.accepted().empty());
    BOOST_TEST(relay.heard("DATA"));
}

BOOST_FIXTURE_TEST_CASE(a_lease_lost_while_the_text_goes_out_stops_the_dot, Sender) {
    FakeRelay relay;
    int asked = 0;
    is_still_mine = [&asked] { return ++asked == 1; };
    BOOST_TEST(send(relay).outcome == Outcome::stopped);
    BOOST_TEST(asked == 2);
    BOOST_TEST(relay.accepted().empty());
    BOOST_TEST(relay.commands().back() == "DATA");
}

BOOST_FIXTURE_TEST_CASE(a_storage_that_fails_stops_the_text_and_is_not_swallowed, Sender) {
    FakeRelay relay;
    is_still_mine = []() -> bool { throw std::runtime_error("disk on fire"); };
    BOOST_CHECK_THROW((void)send(relay), std::runtime_error);
    BOOST_TEST(relay.accepted().empty());
}

BOOST_FIXTURE_TEST_CASE(a_connection_serves_many_mails_while_all_goes_well, Sender) {
    FakeRelay relay;
    {
        const auto way = relay.relay();
        mail::Smtp smtp(settings, way);
        for (int i = 0; i < 5; ++i) BOOST_TEST(send(smtp).outcome == Outcome::accepted);
        BOOST_TEST(relay.connections() == 1);
        relay.play({{"RCPT", {"550 no\r\n"}}});
        BOOST_TEST(send(smtp).outcome == Outcome::refused);
        relay.play({});
        BOOST_TEST(send(smtp).outcome == Outcome::accepted);
        BOOST_TEST(relay.connections() == 2);
    }
    BOOST_TEST(relay.commands().back() == "QUIT");
    BOOST_TEST(relay.accepted().size() == 6U);
}

BOOST_FIXTURE_TEST_CASE(a_relay_that_limits_the_mails_of_a_connection_gets_another, Sender) {
    FakeRelay relay;
    const auto way = relay.relay();
    mail::Smtp smtp(settings, way);
    BOOST_TEST(send(smtp).outcome == Outcome::accepted);
    relay.play({{"MAIL", {"421 too many in this connection\r\n", Then::close}}});
    relay.at("connect", [&relay] { relay.play({}); });
    BOOST_TEST(send(smtp).outcome == Outcome::accepted);
    BOOST_TEST(relay.connections() == 2);
}

BOOST_FIXTURE_TEST_CASE(a_relay_that_spoke_meanwhile_gets_a_new_connection, Sender) {
    FakeRelay relay({{"dot", {"250 ok\r\n421 and now good bye\r\n", Then::close}}});
    const auto way = relay.relay();
    mail::Smtp smtp(settings, way);
    BOOST_TEST(send(smtp).outcome == Outcome::accepted);
    relay.play({});
    const auto second = send(smtp);
    // Whatever became of the second: accepted is said for nothing that the relay has not.
    const std::size_t expected = second.outcome == Outcome::accepted ? 2 : 1;
    BOOST_TEST(relay.accepted().size() == expected);
    BOOST_TEST(second.outcome != Outcome::refused);
}

BOOST_FIXTURE_TEST_CASE(a_reply_too_many_is_never_taken_for_the_next_mails, Sender) {
    FakeRelay relay(FakeRelay::Script{{"dot", {"250 ok\r\n250 ok\r\n"}}});
    const auto way = relay.relay();
    mail::Smtp smtp(settings, way);
    std::size_t said = 0;
    for (int i = 0; i < 6; ++i) said += send(smtp).outcome == Outcome::accepted ? 1 : 0;
    BOOST_TEST(said >= 3U);
    BOOST_TEST(relay.accepted().size() == said);
}

BOOST_FIXTURE_TEST_CASE(the_environment_names_no_proxy, Sender) {
    setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
    setenv("all_proxy", "http://127.0.0.1:1", 1);
    const FakeRelay relay;
    BOOST_TEST(send(relay).outcome == Outcome::accepted);
    unsetenv("ALL_PROXY");
    unsetenv("all_proxy");
}

BOOST_AUTO_TEST_SUITE_END()
