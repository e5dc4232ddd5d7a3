// A connection that serves many mails, and the ways in which it ends.
#include <boost/test/unit_test.hpp>

#include <thread>

#include "mail/sender.h"
#include "support/child_process.h"
#include "support/failing_call.h"

BOOST_FIXTURE_TEST_SUITE(smtp_connection_test, Sender)

BOOST_AUTO_TEST_CASE(a_relay_without_tls_may_be_on_either_loopback) {
    const FakeRelay relay({}, {.ip6 = true});
    BOOST_TEST(send(relay).outcome == Outcome::accepted);
    BOOST_TEST(relay.accepted().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_letter_of_many_packets_arrives_whole) {
    std::string text = "Subject: long\r\n\r\n";
    while (text.size() < 500'000) text += "one line of very many that are all alike\r\n";
    const FakeRelay relay;
    const auto way = relay.relay();
    mail::Smtp smtp(settings, way);
    const auto verdict = smtp.send({"no-reply@example.org", "ann@example.net", text},
                                   {patience, is_still_mine, must_stop});
    BOOST_TEST(verdict.outcome == Outcome::accepted);
    BOOST_REQUIRE(relay.accepted().size() == 1U);
    BOOST_TEST((relay.accepted()[0].text == text));
}

BOOST_AUTO_TEST_CASE(a_connection_does_not_serve_for_ever) {
    const FakeRelay relay;
    const auto way = relay.relay();
    mail::Smtp smtp(settings, way);
    for (int i = 0; i < 101; ++i) BOOST_TEST(send(smtp).outcome == Outcome::accepted);
    BOOST_TEST(relay.connections() == 2);
    BOOST_TEST(relay.accepted().size() == 101U);
}

BOOST_AUTO_TEST_CASE(a_kept_connection_that_broke_is_replaced_before_anything_is_said) {
    FakeRelay relay({{"dot", {"250 ok\r\n", Then::reset}}});
    const auto way = relay.relay();
    mail::Smtp smtp(settings, way);
    BOOST_TEST(send(smtp).outcome == Outcome::accepted);
    const auto patience_ends = Steady::now() + 10s;
    while (relay.has_open_connections() && Steady::now() < patience_ends) std::this_thread::yield();
    relay.play({});
    BOOST_TEST(send(smtp).outcome == Outcome::accepted);
    BOOST_TEST(relay.connections() == 2);
    BOOST_TEST(relay.accepted().size() == 2U);
}

BOOST_AUTO_TEST_CASE(patience_that_a_kept_connection_has_used_up_is_not_given_again) {
    FakeRelay relay;
    const auto way = relay.relay();
    mail::Smtp smtp(settings, way);
    BOOST_TEST(send(smtp).outcome == Outcome::accepted);
    relay.play({{"MAIL", {"", Then::hang}}});
    patience = 1'200ms;
    const auto start = Steady::now();
    BOOST_TEST(send(smtp).outcome == Outcome::relay_trouble);
    BOOST_TEST((Steady::now() - start < patience + 1s), "once, not twice");
    BOOST_TEST(relay.connections() == 1);
}

BOOST_AUTO_TEST_CASE(without_a_descriptor_for_it_a_mail_waits) {
    const FakeRelay relay;
    auto way = relay.relay();
    way.host = "127.0.0.1";  // to be looked up by nobody, who would need descriptors too
    support::ChildProcess worker([&] {
        support::let_fail(SYS_socket, EMFILE);
        return send(way).outcome == Outcome::relay_trouble ? 0 : 1;
    });
    BOOST_TEST(worker.wait() == 0);
    BOOST_TEST(relay.connections() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
