// Which turns of a loop give up the core that they ran on.
#include <boost/test/unit_test.hpp>

#include <atomic>

#include "fcgi/lane.h"

using fcgi_test::is_status;
using fcgi_test::Lane;
using fcgi_test::later;

namespace {

std::atomic<int> yields = 0;

int yields_of_a_slow_request(int niceness) {
    fcgi::LaneSettings settings;
    settings.niceness = niceness;
    const int before = yields;
    {
        Lane lane(settings);
        FastcgiClient visitor(lane.path());
        BOOST_TEST(is_status(visitor.ask(later("/slow")), 200));
    }  // its turn has ended
    return yields - before;
}

}  // namespace

// In place of the system's.
extern "C" int sched_yield() noexcept {
    ++yields;
    return 0;
}

BOOST_AUTO_TEST_SUITE(yield_test)

BOOST_AUTO_TEST_CASE(a_slow_request_gives_up_the_core) {
    BOOST_TEST(yields_of_a_slow_request(0) > 0);  // a machine that is busy makes other turns long
}

BOOST_AUTO_TEST_CASE(a_lane_that_is_nice_does_not) {
    BOOST_TEST(yields_of_a_slow_request(5) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
