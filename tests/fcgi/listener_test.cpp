#include "fcgi/listener.h"

#include <sys/epoll.h>

#include <boost/test/unit_test.hpp>

#include <optional>
#include <thread>

#include "base/descriptor.h"
#include "fcgi/in_line.h"
#include "support/fastcgi_client.h"
#include "support/listening_socket.h"
#include "support/temporary_directory.h"

using fcgi::Listener;
using Level = fcgi::Load::Level;
using fcgi_test::InLine;
using std::chrono::steady_clock;
using support::FastcgiClient;
using namespace std::chrono_literals;

namespace {

class Fixture {
  protected:
    const support::TemporaryDirectory directory;
    const std::filesystem::path file = directory.path() / "line";
    const support::ListeningSocket socket;
    const base::Descriptor epoll{epoll_create1(EPOLL_CLOEXEC)};

    FastcgiClient visitor() const { return FastcgiClient(socket.path()); }

    bool is_watched() const {
        epoll_event event;
        return epoll_wait(epoll, &event, 1, 0) == 1;
    }
};

// Whether it gave a connection, which ends here.
bool gave(const std::optional<int>& connection) {
    return connection && base::Descriptor(*connection) >= 0;
}

// So much of its time, for two of the spans after which it is judged.
void work(Listener& listener, int percent) {
    for (auto now = steady_clock::now(), end = now + 2 * fcgi::Load::span; now < end; now += 1ms) {
        listener.turn_begins(now);
        listener.turn_ends(now + percent * 10us);
    }
}

void wait_until(const std::optional<steady_clock::time_point>& moment) {
    BOOST_TEST_REQUIRE(moment.has_value());
    std::this_thread::sleep_until(*moment);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(listener_test, Fixture)

BOOST_AUTO_TEST_CASE(who_is_alone_in_line_takes_what_comes) {
    Listener listener(epoll, socket.descriptor(), file, 1);
    const auto one = visitor();
    BOOST_TEST(is_watched());
    BOOST_TEST(gave(listener.take()));
    BOOST_TEST(!gave(listener.take()));
    BOOST_TEST(!listener.wakes_at().has_value());
}

BOOST_AUTO_TEST_CASE(who_stands_behind_a_busy_one_looks_away_and_then_takes_what_lies_there) {
    const InLine first(file, Level::busy);
    Listener listener(epoll, socket.descriptor(), file, 1);
    const auto one = visitor();
    BOOST_TEST(!gave(listener.take()));
    BOOST_TEST(!is_watched());
    wait_until(listener.wakes_at());
    BOOST_TEST(gave(listener.wake()));
    BOOST_TEST(!listener.wakes_at().has_value());

    // The first one counts as full now, so nobody waits for it.
    const auto two = visitor();
    BOOST_TEST(is_watched());
    BOOST_TEST(gave(listener.take()));
}

BOOST_AUTO_TEST_CASE(what_the_first_one_took_meanwhile_is_not_held_against_it) {
    const InLine first(file, Level::busy);
    Listener listener(epoll, socket.descriptor(), file, 1);
    const auto one = visitor();
    BOOST_TEST(!gave(listener.take()));
    const base::Descriptor taken(accept(socket.descriptor(), nullptr, nullptr));
    wait_until(listener.wakes_at());
    BOOST_TEST(!gave(listener.wake()));
    const auto two = visitor();
    BOOST_TEST(is_watched());
    BOOST_TEST(!gave(listener.take()));
}

BOOST_AUTO_TEST_CASE(who_stands_behind_an_idle_or_a_full_one_takes_what_comes) {
    InLine first(file, Level::idle);
    Listener listener(epoll, socket.descriptor(), file, 1);
    const auto one = visitor();
    BOOST_TEST(gave(listener.take()));
    first.set_level(Level::full);
    const auto two = visitor();
    BOOST_TEST(gave(listener.take()));
}

BOOST_AUTO_TEST_CASE(who_is_idle_goes_to_the_end_with_what_he_took) {
    Listener listener(epoll, socket.descriptor(), file, 1);
    InLine other(file, Level::idle);
    const auto one = visitor();
    BOOST_TEST(gave(listener.take()));
    other.set_level(Level::busy);
    const auto two = visitor();
    BOOST_TEST(is_watched());
    BOOST_TEST(!gave(listener.take()));
}

BOOST_AUTO_TEST_CASE(who_is_busy_stays_where_he_is) {
    Listener listener(epoll, socket.descriptor(), file, 1);
    const InLine other(file, Level::busy);
    work(listener, 50);
    for (int i = 0; i < 3; ++i) {
        const auto one = visitor();
        BOOST_TEST(gave(listener.take()));
    }
}

BOOST_AUTO_TEST_CASE(who_has_no_time_left_leaves_it_to_one_who_has) {
    Listener listener(epoll, socket.descriptor(), file, 1);
    const InLine other(file, Level::idle);
    work(listener, 95);
    const auto one = visitor();
    BOOST_TEST(!gave(listener.take()));
}

BOOST_AUTO_TEST_CASE(who_was_closed_takes_nothing) {
    Listener listener(epoll, socket.descriptor(), file, 1);
    listener.close();
    const auto one = visitor();
    BOOST_TEST(!is_watched());
    BOOST_TEST(!gave(listener.take()));
    BOOST_TEST(!gave(listener.wake()));
}

BOOST_AUTO_TEST_SUITE_END()
