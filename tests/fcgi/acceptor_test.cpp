#include "fcgi/acceptor.h"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cerrno>
#include <memory>
#include <stdexcept>
#include <vector>

#include "fcgi/lane.h"

namespace {

std::atomic<int> refusals = 0;  // how often the kernel has no room for one more to watch

}  // namespace

// In the place of the C library's.
extern "C" int epoll_ctl(int set, int operation, int descriptor, epoll_event* event) noexcept {
    if (operation == EPOLL_CTL_ADD && refusals > 0) {
        --refusals;
        errno = ENOSPC;
        return -1;
    }
    return static_cast<int>(syscall(SYS_epoll_ctl, set, operation, descriptor, event));
}

using fcgi_test::get;
using fcgi_test::is_status;
using fcgi_test::Lane;
using fcgi_test::later;
using fcgi_test::post;

BOOST_AUTO_TEST_SUITE(acceptor_test)

BOOST_AUTO_TEST_CASE(a_body_that_a_handler_does_not_want_is_never_read_as_the_next_request) {
    // Request smuggling: the body of the first request is a whole second FastCGI request.
    Lane lane;
    FastcgiClient client(lane.path());
    const std::string smuggled = support::request_bytes(
        {{"REQUEST_METHOD", "POST"}, {"POSTERN_PATH", "/smuggled"}, {"CONTENT_LENGTH", "0"}}, "",
        true);
    // Announced as empty: refused, and the connection is not trusted with what follows unread.
    BOOST_TEST(is_status(client.ask(post(0), smuggled), 400));
    BOOST_TEST(is_status(client.ask(get), 200));
    BOOST_TEST(lane.calls() == 1);
}

BOOST_AUTO_TEST_CASE(a_body_shorter_or_longer_than_announced_is_refused_without_effect) {
    Lane lane;
    for (const std::size_t announced : {1, 4, 6, 1000}) {
        FastcgiClient client(lane.path());
        BOOST_TEST(is_status(client.ask(post(announced), "12345"), 400));
    }
    BOOST_TEST(lane.calls() == 0);
}

BOOST_AUTO_TEST_CASE(a_body_that_ends_in_the_middle_is_refused_without_effect) {
    Lane lane;
    FastcgiClient client(lane.path());
    client.send(support::begin_record(true) + support::parameter_records(post(5)) +
                support::record(support::RecordType::in, "12345"));
    client.hang_up();
    FastcgiClient next(lane.path());
    BOOST_TEST(is_status(next.ask(get), 200));
    BOOST_TEST(lane.calls() == 1);
}

BOOST_AUTO_TEST_CASE(a_body_over_the_limit_is_a_413_and_the_largest_allowed_one_passes) {
    Lane lane;
    FastcgiClient client(lane.path());
    const std::string largest(64 * 1024, 'x');
    BOOST_TEST(client.ask(post(largest.size()), largest).ends_with("body=" + largest));
    BOOST_TEST(is_status(client.ask(post(largest.size() + 1), largest + "x"), 413));
    const std::string huge(3 * 1024 * 1024, 'x');
    FastcgiClient other(lane.path());
    other.ask(post(huge.size()), huge);
    BOOST_TEST(lane.calls() == 1);
}

BOOST_AUTO_TEST_CASE(garbage_closes_its_connection_and_nothing_else) {
    Lane lane;
    for (const std::string& garbage :
         {std::string("GET / HTTP/1.1\r\n\r\n"), std::string(8, '\xff'),
          std::string("\1\1\0\1\0\0\0\0", 8)}) {
        FastcgiClient client(lane.path());
        client.send(garbage);
        BOOST_TEST(client.is_closed());
    }
    FastcgiClient client(lane.path());
    BOOST_TEST(is_status(client.ask(get), 200));
}

BOOST_AUTO_TEST_CASE(a_peer_that_sends_one_byte_and_waits_or_a_piece_now_and_then_is_let_go) {
    Lane lane(1, 100ms);
    FastcgiClient silent(lane.path());
    silent.send("\1");
    FastcgiClient client(lane.path());
    BOOST_TEST(is_status(client.ask(get), 200));
    BOOST_TEST(silent.is_closed());
    FastcgiClient dripping(lane.path());
    dripping.send(support::begin_record(true));
    for (int piece = 0; piece < 500 && !dripping.is_closed(20ms); ++piece) {
        dripping.send(support::record(support::RecordType::params, "\1\1ab"));
    }
    BOOST_TEST(dripping.is_closed());
}

BOOST_AUTO_TEST_CASE(half_a_request_holds_no_thread) {
    // It held one until its time was over, and with a byte now and then for as long as it liked.
    Lane lane(1, 60s);
    FastcgiClient dripping(lane.path());
    const std::string whole = support::request_bytes(post(3), "abc", true);
    FastcgiClient other(lane.path());
    for (const char byte : whole.substr(0, whole.size() - 1)) {
        dripping.send(std::string(1, byte));
        BOOST_TEST_REQUIRE(is_status(other.ask(get), 200));
    }
    BOOST_TEST(!dripping.has_answer());
    dripping.send(whole.substr(whole.size() - 1));
    BOOST_TEST(dripping.receive().ends_with("body=abc"));
    BOOST_TEST(is_status(dripping.ask(get), 200));
}

BOOST_AUTO_TEST_CASE(a_peer_that_does_not_read_its_answer_is_let_go) {
    Lane lane(1, 100ms);
    FastcgiClient deaf(lane.path());
    deaf.send(
        support::request_bytes({{"REQUEST_METHOD", "GET"}, {"POSTERN_PATH", "/large"}}, "", true));
    FastcgiClient client(lane.path());
    BOOST_TEST(is_status(client.ask(get), 200));
}

BOOST_AUTO_TEST_CASE(what_lies_ready_together_shares_a_turn) {
    std::atomic<int> begun = 0;
    std::atomic<int> ended = 0;
    fcgi::LaneSettings settings;
    settings.turn_begins = [&](int) { ++begun; };
    settings.turn_ends = [&](int) { ++ended; };
    Lane lane(settings);
    std::vector<std::unique_ptr<FastcgiClient>> clients;
    for (int i = 0; i < 5; ++i) {
        clients.push_back(std::make_unique<FastcgiClient>(lane.path()));
        BOOST_TEST(is_status(clients.back()->ask(get), 200));
    }
    lane.close_door();
    const std::string asked = support::request_bytes(get, "", true);
    clients.front()->send(asked);
    lane.wait_for_calls(6);  // it has a turn for itself
    BOOST_TEST(begun == ended + 1);
    const int before = begun;
    for (std::size_t i = 1; i < clients.size(); ++i) clients[i]->send(asked);
    lane.open_door();
    for (auto& client : clients) BOOST_TEST(is_status(client->receive(), 200));
    BOOST_TEST(is_status(clients.front()->ask(get), 200));  // so those turns are over
    BOOST_TEST(begun == before + 2);
    BOOST_TEST(ended >= before + 1);
}

BOOST_AUTO_TEST_CASE(a_turn_that_cannot_begin_is_done_without) {
    fcgi::LaneSettings settings;
    settings.turn_begins = [](int) { throw std::runtime_error("no view"); };
    settings.turn_ends = settings.turn_begins;
    Lane lane(settings);
    FastcgiClient client(lane.path());
    BOOST_TEST(is_status(client.ask(get), 200));
    BOOST_TEST(is_status(client.ask(get), 200));
}

BOOST_AUTO_TEST_CASE(an_exception_of_the_handler_costs_its_connection_only) {
    Lane lane;
    FastcgiClient client(lane.path());
    client.ask({{"REQUEST_METHOD", "GET"}, {"POSTERN_PATH", "/throw"}});
    BOOST_TEST(client.is_closed());
    FastcgiClient next(lane.path());
    BOOST_TEST(is_status(next.ask(get), 200));
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_not_due_waits_without_a_thread_and_without_its_peer) {
    Lane lane(1);
    FastcgiClient patient(lane.path());
    FastcgiClient impatient(lane.path());
    for (FastcgiClient* client : {&patient, &impatient}) {
        client->send(support::request_bytes(later("/later"), "", true));
    }
    lane.wait_for_calls(2);
    const auto taken_up = std::chrono::steady_clock::now();
    impatient.hang_up();
    FastcgiClient other(lane.path());
    BOOST_TEST(is_status(other.ask(get), 200));
    BOOST_TEST(!patient.has_answer());
    BOOST_TEST(is_status(patient.receive(), 200));
    BOOST_TEST((std::chrono::steady_clock::now() - taken_up > 200ms));
    BOOST_TEST(is_status(patient.ask(get), 200));
    patient.hang_up();
    other.hang_up();
    lane.acceptor().stop();
    lane.acceptor().join();
}

BOOST_AUTO_TEST_CASE(answers_leave_in_the_order_in_which_they_are_due) {
    Lane lane(1);
    FastcgiClient first(lane.path());
    FastcgiClient second(lane.path());
    first.send(support::request_bytes(later("/much_later"), "", true));
    lane.wait_for_calls(1);
    second.send(support::request_bytes(later("/later"), "", true));
    BOOST_TEST(is_status(second.receive(), 200));
    BOOST_TEST(!first.has_answer());
    BOOST_TEST(is_status(first.receive(), 200));
}

BOOST_AUTO_TEST_CASE(idle_kept_connections_hold_no_thread) {
    Lane lane(1);
    std::vector<std::unique_ptr<FastcgiClient>> idle;
    for (int i = 0; i < 50; ++i) {
        idle.push_back(std::make_unique<FastcgiClient>(lane.path()));
        BOOST_TEST(is_status(idle.back()->ask(get), 200));
    }
    for (auto& client : idle) BOOST_TEST(is_status(client->ask(get), 200));
}

BOOST_AUTO_TEST_CASE(a_connection_that_is_not_to_be_kept_is_closed_after_its_answer) {
    Lane lane;
    FastcgiClient client(lane.path());
    BOOST_TEST(is_status(client.ask(get, "", false), 200));
    BOOST_TEST(client.is_closed());
}

BOOST_AUTO_TEST_CASE(head_gets_the_headers_alone) {
    Lane lane;
    FastcgiClient client(lane.path());
    const std::string answer = client.ask({{"REQUEST_METHOD", "HEAD"}, {"POSTERN_PATH", "/"}});
    BOOST_TEST(is_status(answer, 200));
    BOOST_TEST(answer.ends_with("\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(connections_are_shared_out_over_the_threads) {
    Lane lane(4);
    std::vector<std::unique_ptr<FastcgiClient>> clients;
    for (int i = 0; i < 40; ++i) {
        clients.push_back(std::make_unique<FastcgiClient>(lane.path()));
        clients.back()->ask(get);
    }
    BOOST_TEST(lane.threads_used().size() == 4U);
}

BOOST_AUTO_TEST_CASE(running_out_of_descriptors_ends_nothing) {
    Lane lane(2);
    FastcgiClient early(lane.path());
    BOOST_TEST(is_status(early.ask(get), 200));
    FastcgiClient waiting(lane.path());  // in the backlog; its descriptor here exists already
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    rlimit none = before;
    none.rlim_cur = 3;
    setrlimit(RLIMIT_NOFILE, &none);
    FastcgiParameters parameters = get;
    waiting.send(support::request_bytes(parameters, "", true));
    BOOST_TEST(is_status(early.ask(get), 200));  // kept connections are served all the while
    setrlimit(RLIMIT_NOFILE, &before);
    BOOST_TEST(is_status(waiting.receive(), 200));
}

// The bug: a connection that could not be watched ended its thread, and with it the process.
BOOST_AUTO_TEST_CASE(a_connection_that_cannot_be_watched_is_closed_and_ends_nothing_else) {
    Lane lane(1);
    FastcgiClient early(lane.path());
    BOOST_TEST(is_status(early.ask(get), 200));
    refusals = 1;
    FastcgiClient refused(lane.path());
    BOOST_TEST(refused.is_closed());
    BOOST_TEST(is_status(early.ask(get), 200));
    FastcgiClient next(lane.path());
    BOOST_TEST(is_status(next.ask(get), 200));
    early.hang_up();
    next.hang_up();
    lane.acceptor().stop();
    lane.acceptor().join();  // every connection was counted off
}

BOOST_AUTO_TEST_CASE(nobody_who_only_reads_waits_for_those_who_change_something) {
    fcgi::LaneSettings settings;
    settings.changing_threads = 2;
    Lane lane(settings);
    lane.close_door();
    std::vector<std::unique_ptr<FastcgiClient>> changing;
    for (int i = 0; i < 5; ++i) {
        changing.push_back(std::make_unique<FastcgiClient>(lane.path()));
        changing.back()->send(support::request_bytes(post(3), "abc", true));
    }
    lane.wait_for_calls(2);
    FastcgiClient reader(lane.path());
    BOOST_TEST(is_status(reader.ask({{"REQUEST_METHOD", "GET"}, {"POSTERN_PATH", "/past"}}), 200));
    BOOST_TEST(lane.calls() == 3);
    lane.open_door();
    for (auto& client : changing) {
        BOOST_TEST(client->receive().ends_with("body=abc"));
        BOOST_TEST(is_status(client->ask(get), 200));  // its connection is watched again
    }
}

BOOST_AUTO_TEST_CASE(a_peer_that_hangs_up_meanwhile_or_is_not_kept_is_closed_once) {
    fcgi::LaneSettings settings;
    settings.changing_threads = 1;
    Lane lane(settings);
    lane.close_door();
    FastcgiClient gone(lane.path());
    gone.send(support::request_bytes(post(3), "abc", true));
    lane.wait_for_calls(1);
    gone.hang_up();
    FastcgiClient once(lane.path());
    once.send(support::request_bytes(post(3), "abc", false));
    lane.open_door();
    BOOST_TEST(is_status(once.receive(), 200));
    BOOST_TEST(once.is_closed());
    FastcgiClient thrown(lane.path());
    thrown.ask({{"REQUEST_METHOD", "POST"}, {"POSTERN_PATH", "/throw"}, {"CONTENT_LENGTH", "0"}});
    BOOST_TEST(thrown.is_closed());
    lane.acceptor().stop();
    lane.acceptor().join();  // every connection was counted off
}

BOOST_AUTO_TEST_CASE(every_thread_beats_while_idle) {
    fcgi::LaneSettings settings;
    settings.threads = 3;
    settings.changing_threads = 2;
    Lane lane(settings);
    const auto before = lane.acceptor().beats();
    BOOST_TEST(before.size() == 5U);
    // The loops turn at least once a second; wait for all of them to have done so.
    const auto patience = std::chrono::steady_clock::now() + 10s;
    auto all_moved = [&] {
        const auto now = lane.acceptor().beats();
        for (std::size_t i = 0; i < now.size(); ++i) {
            if (now[i] == before[i]) return false;
        }
        return true;
    };
    while (!all_moved() && std::chrono::steady_clock::now() < patience) std::this_thread::yield();
    BOOST_TEST(all_moved());
}

BOOST_AUTO_TEST_SUITE_END()
