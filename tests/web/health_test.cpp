#include "web/health.h"

#include <boost/test/unit_test.hpp>

#include "web/visited_website.h"

BOOST_FIXTURE_TEST_SUITE(health_test, support::VisitedWebsite)

BOOST_AUTO_TEST_CASE(a_worker_that_can_read_is_well_and_says_so_in_json) {
    const auto response = visitor.get(Route::health);
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body == R"({"status":"ok"})");
    BOOST_TEST(response.header("Content-Type") == "application/json");
}

BOOST_AUTO_TEST_SUITE_END()
