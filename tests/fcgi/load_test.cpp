#include "fcgi/load.h"

#include <boost/test/unit_test.hpp>

using fcgi::Load;
using Level = fcgi::Load::Level;
using namespace std::chrono_literals;

namespace {

// A loop that turns once a millisecond, and how much of that it works.
class Loop {
  public:
    void run(std::chrono::milliseconds span, std::chrono::microseconds of_each) {
        for (const auto end = now_ + span; now_ < end; now_ += 1ms) {
            load_.turn_begins(now_);
            load_.turn_ends(now_ + of_each);
        }
    }
    void sleep(std::chrono::milliseconds span) { now_ += span; }

    [[nodiscard]] Level level() const { return load_.level(); }

  private:
    Load load_;
    Load::Moment now_{1h};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(load_test)

BOOST_AUTO_TEST_CASE(who_has_time_left_is_idle_or_busy) {
    Loop loop;
    BOOST_CHECK(loop.level() == Level::idle);
    loop.run(1s, 80us);
    BOOST_CHECK(loop.level() == Level::idle);
    loop.run(3s, 850us);
    BOOST_CHECK(loop.level() == Level::busy);
}

BOOST_AUTO_TEST_CASE(who_has_none_left_is_full_soon_and_stays_so_while_his_connections_do) {
    Loop loop;
    loop.run(1s, 300us);
    loop.run(2 * Load::span, 950us);
    BOOST_CHECK(loop.level() == Level::full);
    loop.run(Load::memory - Load::span, 150us);
    BOOST_CHECK(loop.level() == Level::full);
    loop.run(3 * Load::span, 150us);
    BOOST_CHECK(loop.level() == Level::busy);
}

BOOST_AUTO_TEST_CASE(one_long_wait_for_a_core_makes_nobody_full) {
    Loop loop;
    loop.run(1s, 500us);
    loop.run(1ms, 20ms);
    loop.run(1s, 500us);
    BOOST_CHECK(loop.level() == Level::busy);
}

BOOST_AUTO_TEST_CASE(who_was_full_before_he_slept_is_not_when_he_wakes) {
    Loop loop;
    loop.run(1s, 990us);
    BOOST_CHECK(loop.level() == Level::full);
    loop.sleep(1h);
    loop.run(1ms, 100us);
    BOOST_CHECK(loop.level() == Level::idle);
}

BOOST_AUTO_TEST_CASE(a_core_is_given_up_after_some_dear_requests_and_not_after_many_cheap_ones) {
    BOOST_TEST(fcgi::is_long_and_dear(300us, 5));
    BOOST_TEST(!fcgi::is_long_and_dear(300us, 20));
    BOOST_TEST(!fcgi::is_long_and_dear(90us, 1));
}

BOOST_AUTO_TEST_SUITE_END()
