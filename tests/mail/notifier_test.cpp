#include "mail/notifier.h"

#include <boost/test/unit_test.hpp>
#include <future>
#include <set>

#include "base/metrics.h"
#include "mail/held.h"
#include "mail/office.h"

using base::Count;
using Script = mail_test::FakeRelay::Script;

namespace {

std::string header(const std::string& text, const std::string& name) {
    const auto start = text.find("\r\n" + name + ": ") + name.size() + 4;
    return text.substr(start, text.find("\r\n", start) - start);
}

struct Office : mail_test::Office {
    std::array<std::uint64_t, 16> counted_before{};

    Office() {
        for (std::size_t i = 0; i <= static_cast<std::size_t>(Count::relay_troubles); ++i) {
            counted_before[i] = base::counted(static_cast<Count>(i));
        }
    }

    // Since this test began.
    std::uint64_t counted(Count what) const {
        return base::counted(what) - counted_before[static_cast<std::size_t>(what)];
    }

    std::vector<std::string> recipients() const {
        std::vector<std::string> all;
        for (const auto& mail : relay.accepted()) {
            all.push_back(mail.recipient.substr(9, mail.recipient.size() - 10));
        }
        return all;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(notifier_test)

BOOST_FIXTURE_TEST_CASE(an_empty_queue_is_left_in_peace, Office) {
    auto notifier = new_notifier();
    BOOST_TEST(!notifier.send_one());
    BOOST_TEST(relay.connections() == 0);
}

BOOST_FIXTURE_TEST_CASE(a_mail_is_sent_and_marked_with_the_relays_words, Office) {
    const auto id = enqueue(Kind::verify, "ann@example.net", 7);
    auto notifier = new_notifier();
    BOOST_TEST(notifier.send_one());
    BOOST_TEST(!notifier.send_one());
    BOOST_TEST(state(id) == State::accepted);
    BOOST_TEST(entry(id).last_reply.value() == "250 queued as 1");
    BOOST_TEST(entry(id).finished_at.value() == clock.now());
    BOOST_TEST(counted(Count::mails_accepted) == 1U);
    BOOST_REQUIRE(relay.accepted().size() == 1U);
    const std::string text = relay.accepted()[0].text;
    BOOST_TEST(header(text, "Message-ID") == "<" + entry(id).message_id + "@example.org>");
    BOOST_TEST(header(text, "To") == "ann@example.net");
    BOOST_TEST(text.find("https://example.org/account/verify?token=3D") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_refused_mail_is_shelved_and_never_tried_again, Office) {
    relay.play({{"RCPT", {"550 no such user\r\n"}}});
    const auto id = enqueue();
    auto notifier = new_notifier();
    BOOST_TEST(notifier.send_one());
    relay.play({});
    clock.advance(2 * base::hour);
    BOOST_TEST(!notifier.send_one());
    BOOST_TEST(state(id) == State::shelved);
    BOOST_TEST(entry(id).last_reply.value() == "550 no such user");
    BOOST_TEST(entry(id).attempts == 1);
    BOOST_TEST(counted(Count::mails_shelved) == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_deferred_mail_goes_out_later_as_the_same_mail, Office) {
    unsigned retried = 0;
    for (const Act& act :
         {Act{"451 greylisted\r\n"}, Act{"", Then::close}, Act{"250-", Then::close}}) {
        relay.play({{"dot", act}});
        const auto id = enqueue();
        auto notifier = new_notifier();
        BOOST_TEST(notifier.send_one());
        BOOST_TEST(state(id) == State::due);
        BOOST_TEST(counted(Count::mails_retried) == ++retried);
        relay.play({});
        BOOST_TEST(!notifier.send_one());
        clock.advance(40);
        BOOST_TEST(!notifier.send_one(), "about a minute has to pass");
        clock.advance(20);
        BOOST_TEST(notifier.send_one());
        BOOST_TEST(state(id) == State::accepted);
        BOOST_TEST(entry(id).attempts == 2);
        BOOST_TEST(header(relay.accepted().back().text, "Message-ID") ==
                   "<" + entry(id).message_id + "@example.org>");
    }
}

BOOST_FIXTURE_TEST_CASE(a_decoy_costs_the_same_in_the_table_and_nothing_outside, Office) {
    auto notifier = new_notifier();
    for (const Kind kind : {Kind::decoy, Kind::withheld}) {
        const auto id = enqueue(kind);
        BOOST_TEST(notifier.send_one());
        BOOST_TEST(state(id) == State::discarded);
    }
    BOOST_TEST(relay.connections() == 0);
    BOOST_TEST(counted(Count::mails_discarded) == 2U);
}

BOOST_FIXTURE_TEST_CASE(held_mail_goes_nowhere, Office) {
    settings.transport = mail::Transport::hold;
    const auto id = enqueue();
    auto notifier = new_notifier();
    BOOST_TEST(notifier.send_one());
    BOOST_TEST(state(id) == State::accepted);
    BOOST_TEST(entry(id).last_reply.value() == "held");
    BOOST_TEST(relay.connections() == 0);
    BOOST_TEST(mail::held_mails(database, messages).size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_mail_with_a_dead_link_is_not_sent, Office) {
    const auto id = enqueue(Kind::reset_password, "ann@example.net", 1, base::hour);
    clock.advance(base::hour);
    auto notifier = new_notifier();
    BOOST_TEST(!notifier.send_one());
    BOOST_TEST(state(id) == State::expired);
    BOOST_TEST(relay.connections() == 0);
    BOOST_TEST(counted(Count::mails_expired) == 1U);
}

BOOST_FIXTURE_TEST_CASE(the_next_relay_is_asked_and_the_dead_one_left_alone_for_a_while, Office) {
    FakeRelay first({{"connect", {"421 busy\r\n", Then::close}}});
    settings.relays.clear();
    settings.relays.push_back(first.relay());
    settings.relays.push_back(relay.relay());
    auto notifier = new_notifier();
    for (int i = 0; i < 3; ++i) {
        enqueue();
        BOOST_TEST(notifier.send_one());
    }
    BOOST_TEST(relay.accepted().size() == 3U);
    BOOST_TEST(first.connections() == 1);
    first.play({});
    clock.advance(base::minute);
    enqueue();
    BOOST_TEST(notifier.send_one());
    BOOST_TEST(first.accepted().size() == 1U);
    BOOST_TEST(counted(Count::relay_troubles) == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_refusal_is_not_taken_to_the_next_relay, Office) {
    FakeRelay first(Script{{"RCPT", {"550 no\r\n"}}});
    settings.relays.clear();
    settings.relays.push_back(first.relay());
    settings.relays.push_back(relay.relay());
    const auto id = enqueue();
    auto notifier = new_notifier();
    BOOST_TEST(notifier.send_one());
    BOOST_TEST(state(id) == State::shelved);
    BOOST_TEST(relay.connections() == 0);
}

BOOST_FIXTURE_TEST_CASE(an_outage_costs_few_attempts_and_the_freshest_go_first_after_it, Office) {
    constexpr int count = 120;
    relay.play({{"connect", {"421 down\r\n", Then::close}}});
    auto notifier = new_notifier();
    for (base::Seconds second = 0; second < base::hour; ++second, clock.advance(1)) {
        if (second % 30 == 0) {
            enqueue(Kind::verify, "u" + std::to_string(second / 30) + "@example.net");
        }
        while (notifier.send_one()) {
        }
    }
    // 10,000 waiting mails would have cost no more: the relay was asked about once a minute.
    BOOST_TEST(relay.connections() > 50);
    BOOST_TEST(relay.connections() < 120);
    int most = 0;
    int untouched = 0;
    for (const auto& entry : mail::list(database, State::due, 1'000)) {
        most = std::max(most, entry.attempts);
        untouched += entry.attempts == 0 ? 1 : 0;
    }
    BOOST_TEST(most <= 8);
    BOOST_TEST(untouched > count / 4);

    relay.play({});
    const auto newest = enqueue(Kind::verify, "newest@example.net");
    clock.advance(base::minute);
    for (int step = 0; step < untouched; ++step) BOOST_TEST(notifier.send_one());
    const auto order = recipients();
    BOOST_TEST(state(newest) == State::accepted);
    BOOST_TEST(
        (std::find(order.begin(), order.begin() + 3, "newest@example.net") != order.begin() + 3));
    for (int minutes = 0; minutes < 70; ++minutes, clock.advance(base::minute)) {
        while (notifier.send_one()) {
        }
    }
    BOOST_TEST(recipients().size() == static_cast<std::size_t>(count) + 1);
}

BOOST_FIXTURE_TEST_CASE(old_failures_and_fresh_mail_do_not_hold_up_each_other, Office) {
    relay.play({{"RCPT", {"451 later\r\n"}}});
    auto notifier = new_notifier();
    for (int i = 0; i < 8; ++i) enqueue(Kind::verify, "old@example.net");
    while (notifier.send_one()) {
    }
    relay.play({});
    clock.advance(base::minute);
    for (int i = 0; i < 8; ++i) enqueue(Kind::verify, "fresh@example.net");
    for (int i = 0; i < 8; ++i) BOOST_TEST(notifier.send_one());
    const auto sent = recipients();
    BOOST_TEST(std::count(sent.begin(), sent.end(), "fresh@example.net") == 6);
    BOOST_TEST(std::count(sent.begin(), sent.end(), "old@example.net") == 2);
}

BOOST_FIXTURE_TEST_CASE(a_mail_that_kills_its_sender_is_shelved_while_others_go_out, Office) {
    const auto killer = enqueue(Kind::verify, "killer@example.net");
    for (int death = 1; death <= mail::max_unanswered; ++death) {
        BOOST_REQUIRE(take(mail::Order::longest_due)->id == killer);  // and dies
        const auto other = enqueue(Kind::verify, "other@example.net");
        auto notifier = new_notifier();
        BOOST_TEST(notifier.send_one());
        BOOST_TEST(state(other) == State::accepted);
        clock.advance(mail::lease_seconds);
    }
    auto notifier = new_notifier();
    BOOST_TEST(notifier.send_one());
    BOOST_TEST(state(killer) == State::shelved);
    const auto sent = recipients();
    BOOST_TEST(std::count(sent.begin(), sent.end(), "killer@example.net") == 0);
    BOOST_TEST(sent.size() == static_cast<std::size_t>(mail::max_unanswered));
}

BOOST_FIXTURE_TEST_CASE(who_wakes_up_after_its_lease_sends_nothing_and_writes_nothing, Office) {
    const auto id = enqueue();
    std::optional<mail::Leased> others;
    relay.at("DATA", [this, &others] {
        clock.advance(mail::lease_seconds);
        store::Database another(file);
        store::Transaction transaction(another);
        others = mail::take(transaction, mail::Order::freshest, clock.now());
        transaction.commit();
    });
    auto notifier = new_notifier();
    BOOST_TEST(notifier.send_one());
    BOOST_TEST(relay.accepted().empty());
    BOOST_TEST(counted(Count::mail_leases_lost) == 1U);
    BOOST_REQUIRE(others);
    BOOST_TEST(mail::still_mine(database, *others, clock.now()));
    BOOST_TEST(entry(id).attempts == 2);
}

BOOST_FIXTURE_TEST_CASE(what_was_accepted_and_could_not_be_marked_is_marked_first, Office) {
    store::Database another(file);
    std::optional<store::Transaction> blocker;
    relay.at("dot", [&] { blocker.emplace(another); });
    const auto id = enqueue();
    auto notifier = new_notifier();
    BOOST_CHECK_THROW(notifier.send_one(), store::Error);
    relay.at("dot", [] {});
    blocker.reset();
    BOOST_TEST(state(id) == State::due);
    clock.advance(10 * mail::lease_seconds);
    BOOST_TEST(!notifier.send_one());
    BOOST_TEST(state(id) == State::accepted);
    BOOST_TEST(relay.accepted().size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_clock_that_is_set_back_holds_up_nothing, Office) {
    relay.play({{"connect", {"421 down\r\n", Then::close}}});
    const auto id = enqueue();
    auto notifier = new_notifier();
    BOOST_TEST(notifier.send_one());
    relay.play({});
    clock.advance(-base::day);
    BOOST_TEST(notifier.send_one());
    BOOST_TEST(state(id) == State::accepted);
}

BOOST_FIXTURE_TEST_CASE(the_thread_sends_with_a_hint_and_without, Office) {
    std::promise<void> first;
    std::promise<void> second;
    std::atomic<int> seen = 0;
    relay.at("dot", [&] { ++seen == 1 ? first.set_value() : second.set_value(); });
    auto notifier = new_notifier();
    notifier.wake();  // before the start
    notifier.start();
    enqueue();
    notifier.wake();
    notifier.wake();
    BOOST_TEST((first.get_future().wait_for(2s) == std::future_status::ready));
    enqueue();  // as another process would, which cannot give a hint
    BOOST_TEST((second.get_future().wait_for(10s) == std::future_status::ready));
    notifier.stop();
    notifier.stop();
    notifier.wake();
    notifier.start();  // stays stopped
    BOOST_TEST(counted(Count::mails_accepted) == 2U);
    BOOST_TEST(notifier.beats() > 0U);
    enqueue();
    BOOST_TEST(relay.accepted().size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(a_stop_does_not_wait_for_a_relay_that_hangs, Office) {
    std::promise<void> reached;
    relay.at("RCPT", [&] { reached.set_value(); });
    relay.play({{"RCPT", {"", Then::hang}}});
    const auto id = enqueue();
    auto notifier = new_notifier();
    notifier.start();
    notifier.wake();
    BOOST_TEST((reached.get_future().wait_for(10s) == std::future_status::ready));
    const auto start = std::chrono::steady_clock::now();
    notifier.stop();
    BOOST_TEST((std::chrono::steady_clock::now() - start < 4s));
    BOOST_TEST(state(id) == State::due);
    BOOST_TEST(!entry(id).being_tried);
    BOOST_TEST(entry(id).next_attempt_at <= clock.now(), "due at once for somebody else");
}

BOOST_FIXTURE_TEST_CASE(a_storage_that_cannot_be_opened_does_not_end_the_thread, Office) {
    Notifier notifier(directory.path() / "missing" / "postern.db", settings, messages, clock);
    notifier.start();
    const auto before = notifier.beats();
    for (int i = 0; i < 100 && notifier.beats() < before + 2; ++i) {
        notifier.wake();
        std::this_thread::sleep_for(100ms);
    }
    BOOST_TEST(notifier.beats() >= before + 2);
    BOOST_TEST(notifier.beats() < before + 400, "hints do not make it spin");
    notifier.stop();
}

BOOST_FIXTURE_TEST_CASE(several_senders_deliver_each_mail_once, Office) {
    constexpr int count = 60;
    for (int i = 0; i < count; ++i) {
        enqueue(Kind::verify, "u" + std::to_string(i) + "@example.net");
    }
    std::promise<void> all;
    std::atomic<int> seen = 0;
    relay.at("dot", [&] {
        if (++seen == count) all.set_value();
    });
    {
        auto one = new_notifier();
        auto two = new_notifier();
        auto three = new_notifier();
        for (Notifier* notifier : {&one, &two, &three}) notifier->start();
        BOOST_TEST((all.get_future().wait_for(60s) == std::future_status::ready));
    }
    const auto sent = recipients();
    BOOST_TEST(std::set<std::string>(sent.begin(), sent.end()).size() == count);
    BOOST_TEST(sent.size() == count);
    BOOST_TEST(mail::statistics(database).count.at(State::accepted) == count);
}

BOOST_AUTO_TEST_SUITE_END()
