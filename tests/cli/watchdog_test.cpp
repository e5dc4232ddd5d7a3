#include "cli/watchdog.h"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(watchdog_test)

using namespace std::chrono_literals;

BOOST_AUTO_TEST_CASE(a_thread_that_stands_still_is_named_until_it_moves) {
    cli::Watchdog watchdog;
    std::uint64_t quick = 0;
    std::uint64_t notifier = 0;
    watchdog.watch("quick", [&] { return quick; });
    watchdog.watch("notifier", [&] { return notifier; });
    const cli::Watchdog::Moment start{};
    BOOST_TEST(watchdog.standing_still(start).empty());
    ++quick;
    BOOST_TEST(watchdog.standing_still(start + 15s).empty());
    ++quick;
    const auto names = watchdog.standing_still(start + 16s);
    BOOST_REQUIRE(names.size() == 1U);
    BOOST_TEST(names.front() == "notifier");
    ++notifier;
    BOOST_TEST(watchdog.standing_still(start + 17s).empty());
}

BOOST_AUTO_TEST_SUITE_END()
