// The notifier's thread while something around it is in trouble: it stays, and no mail is lost.
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <functional>
#include <thread>

#include "mail/office.h"

using Steady = std::chrono::steady_clock;

namespace {

constexpr store::Query refuse_results{
    "test.refuse_results",
    "CREATE TRIGGER refuse BEFORE UPDATE OF finished_at ON outbox BEGIN"
    " SELECT raise(ABORT, 'not now'); END",
    1'001};
constexpr store::Query take_results{"test.take_results", "DROP TRIGGER refuse", 1'002};

struct Office : mail_test::Office {
    void run(const store::Query& statement) {
        store::Transaction transaction(database);
        transaction.run(statement);
        transaction.commit();
    }
};

bool comes_true(const std::function<bool()>& condition, std::chrono::seconds patience = 20s) {
    const auto end = Steady::now() + patience;
    while (!condition() && Steady::now() < end) std::this_thread::sleep_for(5ms);
    return condition();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(notifier_trouble_test, Office)

BOOST_AUTO_TEST_CASE(a_result_that_cannot_be_written_is_written_as_soon_as_it_can_be) {
    run(refuse_results);
    const auto id = enqueue();
    auto notifier = new_notifier();
    notifier.start();
    notifier.wake();
    BOOST_TEST(comes_true([this] { return relay.accepted().size() == 1; }));
    const auto beats = notifier.beats();
    BOOST_TEST(comes_true([&] { return notifier.beats() > beats + 2; }), "it has not given up");
    BOOST_TEST(state(id) == State::due);
    run(take_results);
    BOOST_TEST(comes_true([&] { return state(id) == State::accepted; }));
    notifier.stop();
    BOOST_TEST(relay.accepted().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_relay_that_comes_back_is_asked_again_when_its_pause_is_over) {
    relay.play({{"connect", {"421 down\r\n", Then::close}}});
    const auto id = enqueue();
    auto notifier = new_notifier();
    notifier.start();
    notifier.wake();
    BOOST_TEST(comes_true([&] { return entry(id).attempts == 1 && !entry(id).being_tried; }));
    relay.play({});
    notifier.wake();
    const auto beats = notifier.beats();
    BOOST_TEST(comes_true([&] { return notifier.beats() > beats; }));
    BOOST_TEST(relay.connections() == 1, "its pause is not over");
    clock.advance(2 * base::minute);
    notifier.wake();
    BOOST_TEST(comes_true([&] { return state(id) == State::accepted; }));
    notifier.stop();
}

BOOST_AUTO_TEST_CASE(a_development_machine_without_a_relay_holds_its_mail) {
    settings.relays.clear();
    settings.transport = mail::Transport::hold;
    auto notifier = new_notifier();
    notifier.start();
    notifier.start();  // starts no second thread
    for (int i = 0; i < 2; ++i) {
        const auto id = enqueue();
        notifier.wake();
        BOOST_TEST(comes_true([&] { return state(id) == State::accepted; }));
        BOOST_TEST(entry(id).last_reply.value() == "held");
    }
    notifier.stop();
}

BOOST_AUTO_TEST_CASE(with_too_little_of_the_lease_left_no_further_relay_is_asked) {
    FakeRelay slow({{"connect", {"421 busy\r\n", Then::close}}});
    slow.at("connect", [this] { clock.advance(mail::lease_seconds - 11); });
    settings.relays.clear();
    settings.relays.push_back(slow.relay());
    settings.relays.push_back(relay.relay());
    const auto id = enqueue();
    auto notifier = new_notifier();
    BOOST_TEST(notifier.send_one());
    BOOST_TEST(relay.connections() == 0);
    BOOST_TEST(state(id) == State::due);
    BOOST_TEST(entry(id).last_reply.value() == "421 busy");
}

BOOST_AUTO_TEST_CASE(a_stop_waits_a_while_for_the_answer_to_a_mail_that_has_been_said) {
    const auto id = enqueue();
    auto notifier = new_notifier();
    std::thread stopper;
    relay.at("dot", [&] {
        const auto before = notifier.beats();
        stopper = std::thread([&notifier] { notifier.stop(); });
        // Until it was asked more than once whether it must stop.
        BOOST_TEST(comes_true([&] { return notifier.beats() > before + 3; }));
    });
    notifier.start();
    notifier.wake();
    BOOST_TEST(comes_true([&] { return state(id) == State::accepted; }));
    stopper.join();
    BOOST_TEST(relay.accepted().size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
