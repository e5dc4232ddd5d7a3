// The end of a lane: a reload or the end of the worker, while nginx still has connections.
#include <boost/test/unit_test.hpp>

#include <memory>
#include <thread>

#include "base/metrics.h"
#include "fcgi/lane.h"

using fcgi_test::get;
using fcgi_test::is_status;
using fcgi_test::Lane;
using fcgi_test::later;
using fcgi_test::post;

namespace {

bool is_open_now(int count) {
    const std::string line = "postern_connections{lane=\"quick\"} " + std::to_string(count) + "\n";
    return base::metrics_text({}).find(line) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(drain_test)

BOOST_AUTO_TEST_CASE(a_drain_waits_for_answers_that_are_not_due_but_not_for_ever) {
    Lane lane(1, 5s, 2s);
    FastcgiClient soon(lane.path());
    FastcgiClient never(lane.path());
    soon.send(support::request_bytes(later("/later"), "", true));
    never.send(support::request_bytes(later("/never"), "", true));
    lane.wait_for_calls(2);
    lane.acceptor().stop();
    BOOST_TEST(is_status(soon.receive(), 200));
    lane.acceptor().join();
}

BOOST_AUTO_TEST_CASE(a_drain_serves_what_is_there_and_takes_nothing_new) {
    Lane lane(2);
    FastcgiClient kept(lane.path());
    BOOST_TEST(is_status(kept.ask(get), 200));
    lane.close_door();
    kept.send(support::request_bytes(get, "", true));
    lane.wait_for_calls(2);
    lane.acceptor().stop();
    lane.acceptor().stop();
    lane.open_door();
    BOOST_TEST(is_status(kept.receive(), 200));
    BOOST_TEST(is_status(kept.ask(get), 200));  // nginx has not closed it yet
    kept.hang_up();
    lane.acceptor().join();
    FastcgiClient late(lane.path());  // stays in the backlog for another worker
    BOOST_TEST(!late.is_closed(50ms));
}

BOOST_AUTO_TEST_CASE(who_comes_in_the_moment_of_the_drain_stays_for_another_worker) {
    // A loop that woke up to drain took the connection that was there too, and gave it to one that
    // had ended.
    Lane lane;
    FastcgiClient kept(lane.path());
    lane.close_door();
    kept.send(support::request_bytes(get, "", true));
    lane.wait_for_calls(1);
    lane.acceptor().stop();
    FastcgiClient late(lane.path());
    lane.open_door();
    BOOST_TEST(is_status(kept.receive(), 200));
    kept.hang_up();
    lane.acceptor().join();
    BOOST_TEST(lane.is_somebody_waiting());
}

BOOST_AUTO_TEST_CASE(a_drain_ends_in_time_when_nobody_hangs_up) {
    Lane lane(2, 5s, 100ms);
    FastcgiClient kept(lane.path());
    BOOST_TEST(is_status(kept.ask(get), 200));
    lane.acceptor().stop();
    lane.acceptor().join();
}

BOOST_AUTO_TEST_CASE(an_accepted_connection_without_a_request_is_waited_for_in_a_drain) {
    Lane lane(1);
    FastcgiClient first(lane.path());
    BOOST_TEST(is_status(first.ask(get), 200));
    FastcgiClient accepted(lane.path());
    FastcgiClient last(lane.path());
    BOOST_TEST(is_status(last.ask(get), 200));  // accepted in order, so `accepted` is in
    lane.acceptor().stop();
    BOOST_TEST(is_status(accepted.ask(get), 200));
    first.hang_up();
    accepted.hang_up();
    last.hang_up();
    lane.acceptor().join();
}

BOOST_AUTO_TEST_CASE(a_drain_waits_for_those_who_change_something) {
    fcgi::LaneSettings settings;
    settings.changing_threads = 2;
    Lane lane(settings);
    lane.close_door();
    FastcgiClient client(lane.path());
    client.send(support::request_bytes(post(3), "abc", true));
    lane.wait_for_calls(1);
    lane.acceptor().stop();
    BOOST_TEST(!lane.acceptor().join_for(100ms));
    lane.open_door();
    BOOST_TEST(is_status(client.receive(), 200));
    client.hang_up();
    lane.acceptor().join();
}

BOOST_AUTO_TEST_CASE(who_is_left_at_the_end_of_a_drain_is_closed) {
    // They stayed open until the process ended: after a reload, whoever asked on one of them waited
    // in vain.
    Lane lane(2, 5s, 200ms);
    FastcgiClient idle(lane.path());
    FastcgiClient half(lane.path());
    FastcgiClient never(lane.path());
    BOOST_TEST(is_status(idle.ask(get), 200));
    half.send(support::begin_record(true));
    never.send(support::request_bytes(later("/never"), "", true));
    lane.wait_for_calls(2);
    lane.acceptor().stop();
    lane.acceptor().join();
    for (FastcgiClient* left : {&idle, &half, &never}) BOOST_TEST(left->is_closed(0s));
}

BOOST_AUTO_TEST_CASE(who_is_answered_after_the_end_of_a_drain_is_closed_then_and_not_before) {
    // It went back to a loop that had ended, and stayed open there.
    fcgi::LaneSettings settings;
    settings.changing_threads = 1;
    settings.drain_timeout = 100ms;
    Lane lane(settings);
    lane.close_door();
    FastcgiClient late(lane.path());
    late.send(support::request_bytes(post(3), "abc", true));
    lane.wait_for_calls(1);
    lane.acceptor().stop();
    lane.acceptor().join();
    BOOST_TEST(!late.has_answer());
    lane.open_door();
    BOOST_TEST(late.receive().ends_with("body=abc"));
    BOOST_TEST(late.is_closed());
}

BOOST_AUTO_TEST_CASE(every_connection_is_counted_off_once_however_it_ends) {
    // One that is counted off twice is closed twice, and the second time it may be another's.
    fcgi::LaneSettings settings;
    settings.changing_threads = 1;
    settings.drain_timeout = 200ms;
    Lane lane(settings);
    FastcgiClient idle(lane.path());
    FastcgiClient not_kept(lane.path());
    FastcgiClient garbage(lane.path());
    FastcgiClient endless(lane.path());
    FastcgiClient never(lane.path());
    FastcgiClient late(lane.path());
    BOOST_TEST(is_status(idle.ask(get), 200));
    BOOST_TEST(is_status(not_kept.ask(get, "", false), 200));
    garbage.send("GET / HTTP/1.1\r\n\r\n");
    BOOST_TEST(garbage.is_closed());
    endless.send(support::begin_record(true));
    for (int piece = 0; piece < 5; ++piece) {
        endless.send(support::record(support::RecordType::params, std::string(50'000, '\1')));
    }
    BOOST_TEST(endless.is_closed());
    never.send(support::request_bytes(later("/never"), "", true));
    lane.wait_for_calls(3);
    lane.close_door();
    late.send(support::request_bytes(post(3), "abc", true));
    lane.wait_for_calls(4);
    BOOST_TEST(is_open_now(3));
    lane.acceptor().stop();
    lane.acceptor().join();
    BOOST_TEST(is_open_now(1));
    lane.open_door();
    BOOST_TEST(late.receive().ends_with("body=abc"));
    BOOST_TEST(late.is_closed());
    for (int turn = 0; turn < 500 && !is_open_now(0); ++turn) std::this_thread::sleep_for(10ms);
    BOOST_TEST(is_open_now(0));
}

BOOST_AUTO_TEST_SUITE_END()
