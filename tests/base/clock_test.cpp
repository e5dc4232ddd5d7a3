#include "base/clock.h"

#include <boost/test/unit_test.hpp>
#include <ctime>
#include <limits>

BOOST_AUTO_TEST_SUITE(clock_test)

BOOST_AUTO_TEST_CASE(moments_beyond_four_digits_of_a_year_are_clamped) {
    BOOST_TEST(base::rfc3339(-1) == "1970-01-01T00:00:00Z");
    BOOST_TEST(base::rfc3339(std::numeric_limits<base::Seconds>::min()) == "1970-01-01T00:00:00Z");
    BOOST_TEST(base::rfc3339(253402300800) == "9999-12-31T23:59:59Z");
    BOOST_TEST(base::rfc3339(std::numeric_limits<base::Seconds>::max()) == "9999-12-31T23:59:59Z");
}

BOOST_AUTO_TEST_CASE(a_moment_is_written_in_utc) {
    BOOST_TEST(base::rfc3339(951'782'399) == "2000-02-28T23:59:59Z");
    BOOST_TEST(base::rfc3339(951'782'400) == "2000-02-29T00:00:00Z");
    BOOST_TEST(base::rfc3339(4'102'444'800) == "2100-01-01T00:00:00Z");
}

BOOST_AUTO_TEST_CASE(the_system_clock_tells_the_time) {
    const base::Seconds before = std::time(nullptr);
    const base::Seconds now = base::SystemClock().now();
    BOOST_TEST(now >= before);
    BOOST_TEST(now <= std::time(nullptr) + 1);
}

BOOST_AUTO_TEST_SUITE_END()
