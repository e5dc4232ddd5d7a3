#include "web/routes.h"

#include <boost/test/unit_test.hpp>
#include <set>

using base::Route;
using http::Method;

BOOST_AUTO_TEST_SUITE(routes_test)

BOOST_AUTO_TEST_CASE(a_row_that_does_not_say_who_may_lets_nobody_in) {
    BOOST_TEST((web::RouteRow{Route::account, Method::get, nullptr}.access == web::Access::nobody));
    for (const web::RouteRow& row : web::all_routes()) {
        BOOST_TEST((row.access != web::Access::nobody));
    }
}

BOOST_AUTO_TEST_CASE(no_route_has_two_rows_for_a_method) {
    std::set<std::pair<Route, Method>> seen;
    for (const web::RouteRow& row : web::all_routes()) {
        BOOST_TEST(seen.emplace(row.route, row.method).second);
    }
}

BOOST_AUTO_TEST_CASE(every_named_route_is_answered) {
    for (std::size_t place = 0; place < base::route_count; ++place) {
        BOOST_TEST(!web::allowed_methods(static_cast<Route>(place)).empty());
    }
}

BOOST_AUTO_TEST_CASE(exactly_the_routes_that_hash_are_in_the_lane_for_it) {
    std::set<Route> hashing;
    for (const web::RouteRow& row : web::all_routes()) {
        if (row.lane == http::Lane::hashing) hashing.insert(row.route);
    }
    const std::set<Route> expected{Route::login, Route::verify, Route::reset_password_confirm,
                                   Route::password};
    BOOST_TEST((hashing == expected));
}

BOOST_AUTO_TEST_CASE(allow_names_head_wherever_get_is) {
    BOOST_TEST(web::allowed_methods(Route::login) == "GET, HEAD, POST");
    BOOST_TEST(web::allowed_methods(Route::session) == "GET, HEAD");
    BOOST_TEST(web::allowed_methods(Route::profile) == "POST");
}

BOOST_AUTO_TEST_SUITE_END()
