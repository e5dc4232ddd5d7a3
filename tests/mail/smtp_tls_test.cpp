#include <boost/test/unit_test.hpp>

#include "mail/fake_relay.h"
#include "mail/letters.h"
#include "mail/smtp.h"
#include "support/temporary_directory.h"

using mail::Outcome;
using mail::RelayAuth;
using mail::RelaySecurity;
using mail_test::FakeRelay;
using mail_test::Identity;
using namespace std::chrono_literals;

namespace {

struct Secured {
    support::TemporaryDirectory directory;
    mail::Settings settings = mail_test::example_settings();
    Identity identity;

    Secured() { trust(identity); }

    void trust(const Identity& authority) {
        const auto file = directory.path() / "authority.pem";
        authority.write_authority(file);
        settings.ca_file = file.string();
    }

    mail::Verdict send(const mail::Relay& relay) {
        mail::Smtp smtp(settings, relay);
        return smtp.send({"no-reply@example.org", "ann@example.net", "Subject: x\r\n\r\nhi\r\n"},
                         {10s, [] { return true; }, [](bool) { return false; }});
    }

    static mail::Relay with_sign_in(mail::Relay relay, RelayAuth auth) {
        relay.auth = auth;
        relay.user = "ann";
        relay.password = base::Secret("s3cret-word");
        return relay;
    }
};

// Nothing that tells who writes to whom, and no credentials, were said in the open.
void check_nothing_was_said(const FakeRelay& relay) {
    BOOST_TEST(!relay.heard("MAIL"));
    BOOST_TEST(!relay.heard("AUTH"));
    BOOST_TEST(relay.accepted().empty());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(smtp_tls_test)

BOOST_FIXTURE_TEST_CASE(both_ways_to_tls_deliver, Secured) {
    const FakeRelay upgraded({}, {.identity = &identity});
    BOOST_CHECK(send(upgraded.relay(RelaySecurity::starttls)).outcome == Outcome::accepted);
    BOOST_REQUIRE(upgraded.accepted().size() == 1U);
    BOOST_TEST(upgraded.accepted()[0].with_tls);

    const FakeRelay at_once({}, {.identity = &identity, .tls_at_once = true});
    BOOST_CHECK(send(at_once.relay(RelaySecurity::smtps)).outcome == Outcome::accepted);
    BOOST_REQUIRE(at_once.accepted().size() == 1U);
    BOOST_TEST(at_once.accepted()[0].with_tls);
}

BOOST_FIXTURE_TEST_CASE(a_kept_connection_stays_encrypted, Secured) {
    const FakeRelay relay({}, {.identity = &identity, .auth = "PLAIN"});
    const auto way = with_sign_in(relay.relay(RelaySecurity::starttls), RelayAuth::plain);
    mail::Smtp smtp(settings, way);
    for (int i = 0; i < 3; ++i) {
        const auto verdict =
            smtp.send({"no-reply@example.org", "ann@example.net", "Subject: x\r\n\r\nhi\r\n"},
                      {10s, [] { return true; }, [](bool) { return false; }});
        BOOST_CHECK(verdict.outcome == Outcome::accepted);
    }
    BOOST_TEST(relay.connections() == 1);
    for (const auto& received : relay.accepted()) BOOST_TEST(received.with_tls);
}

BOOST_FIXTURE_TEST_CASE(a_relay_without_starttls_hears_nothing, Secured) {
    const FakeRelay none({}, {.auth = "PLAIN LOGIN"});
    const auto way = with_sign_in(none.relay(RelaySecurity::starttls), RelayAuth::plain);
    BOOST_CHECK(send(way).outcome == Outcome::relay_trouble);
    check_nothing_was_said(none);

    for (const char* reply : {"454 not now\r\n", "502 what?\r\n", "250 sure\r\n"}) {
        const FakeRelay refuses({{"STARTTLS", {reply, mail_test::Act::Then::close}}},
                                {.identity = &identity, .auth = "PLAIN LOGIN"});
        BOOST_CHECK(
            send(with_sign_in(refuses.relay(RelaySecurity::starttls), RelayAuth::plain)).outcome ==
            Outcome::relay_trouble);
        check_nothing_was_said(refuses);
    }
}

BOOST_FIXTURE_TEST_CASE(what_was_put_in_before_tls_is_not_believed, Secured) {
    const FakeRelay relay({{"STARTTLS", {"220 go\r\n250-x\r\n250 AUTH PLAIN\r\n"}}},
                          {.identity = &identity});
    BOOST_CHECK(
        send(with_sign_in(relay.relay(RelaySecurity::starttls), RelayAuth::plain)).outcome ==
        Outcome::relay_trouble);
    check_nothing_was_said(relay);
}

BOOST_FIXTURE_TEST_CASE(a_certificate_that_is_not_the_relays_ends_it, Secured) {
    const Identity stranger;
    const Identity other_name("mail.example.com");
    const Identity expired("localhost", Identity::Validity::ended_yesterday);
    struct Case {
        const Identity& shown;
        const Identity& trusted;
    };
    for (const auto& [shown, trusted] :
         {Case{stranger, identity}, Case{other_name, other_name}, Case{expired, expired}}) {
        trust(trusted);
        for (const bool at_once : {false, true}) {
            const FakeRelay relay({},
                                  {.identity = &shown, .tls_at_once = at_once, .auth = "PLAIN"});
            const auto security = at_once ? RelaySecurity::smtps : RelaySecurity::starttls;
            const auto verdict = send(with_sign_in(relay.relay(security), RelayAuth::plain));
            BOOST_CHECK(verdict.outcome == Outcome::relay_trouble);
            BOOST_TEST(verdict.words.find("certificate") != std::string::npos, verdict.words);
            check_nothing_was_said(relay);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(tls_of_yesterday_is_refused, Secured) {
    const FakeRelay relay({}, {.identity = &identity,
                               .oldest_tls = TLS1_VERSION,
                               .newest_tls = TLS1_1_VERSION,
                               .auth = "PLAIN"});
    const auto way = with_sign_in(relay.relay(RelaySecurity::starttls), RelayAuth::plain);
    BOOST_CHECK(send(way).outcome == Outcome::relay_trouble);
    check_nothing_was_said(relay);
    const FakeRelay good({}, {.identity = &identity, .newest_tls = TLS1_2_VERSION});
    BOOST_CHECK(send(good.relay(RelaySecurity::starttls)).outcome == Outcome::accepted);
}

BOOST_FIXTURE_TEST_CASE(each_way_to_sign_in_says_what_it_should, Secured) {
    struct Case {
        RelayAuth auth;
        std::string offered;
        std::string said;
    };
    for (const Case& row :
         {Case{RelayAuth::plain, "PLAIN LOGIN", "AUTH PLAIN AGFubgBzM2NyZXQtd29yZA=="},
          Case{RelayAuth::plain, "LOGIN", "AUTH LOGIN YW5u czNjcmV0LXdvcmQ="},
          Case{RelayAuth::login, "PLAIN LOGIN", "AUTH LOGIN YW5u czNjcmV0LXdvcmQ="},
          Case{RelayAuth::xoauth2, "PLAIN XOAUTH2",
               "AUTH XOAUTH2 dXNlcj1hbm4BYXV0aD1CZWFyZXIgczNjcmV0LXdvcmQBAQ=="}}) {
        const FakeRelay relay({}, {.identity = &identity, .auth = row.offered});
        const auto way = with_sign_in(relay.relay(RelaySecurity::starttls), row.auth);
        BOOST_CHECK(send(way).outcome == Outcome::accepted);
        BOOST_REQUIRE(relay.accepted().size() == 1U);
        BOOST_TEST(relay.accepted()[0].sign_in == row.said);
        BOOST_TEST(relay.accepted()[0].with_tls);
    }
}

BOOST_FIXTURE_TEST_CASE(a_sign_in_that_is_refused_is_our_trouble_and_tells_no_secret, Secured) {
    const FakeRelay relay({{"AUTH", {"535 wrong\r\n"}}}, {.identity = &identity, .auth = "PLAIN"});
    const auto verdict = send(with_sign_in(relay.relay(RelaySecurity::starttls), RelayAuth::plain));
    BOOST_CHECK(verdict.outcome == Outcome::relay_trouble);
    BOOST_TEST(verdict.words == "535 wrong");
    BOOST_TEST(!relay.heard("MAIL"));
}

BOOST_FIXTURE_TEST_CASE(without_tls_no_peer_beyond_loopback_is_spoken_to, Secured) {
    mail::Relay relay;
    relay.security = RelaySecurity::smtp;
    relay.port = 25;
    const auto start = std::chrono::steady_clock::now();
    for (const char* host : {"192.0.2.1", "2001:db8::1", "10.255.255.1"}) {
        relay.host = host;
        BOOST_CHECK(send(relay).outcome == Outcome::relay_trouble);
    }
    BOOST_TEST((std::chrono::steady_clock::now() - start < 2s), "no connection was tried");
}

BOOST_AUTO_TEST_SUITE_END()
