#include "accounts/place.h"

#include <boost/test/unit_test.hpp>

#include "tests/accounts/world.h"

using base::day;
using world::World;

BOOST_AUTO_TEST_SUITE(place_test)

BOOST_FIXTURE_TEST_CASE(a_place_is_usual_from_the_first_sign_in_until_long_after_the_last, World) {
    const auto ada = add();
    add("bob@example.org");
    const auto is_usual = [&](std::string_view email, std::string_view client) {
        return accounts::is_usual_place(domain, email, client);
    };
    BOOST_TEST(!is_usual("ada@example.org", "203.0.113.9"));
    open(ada);
    BOOST_TEST(is_usual("ada@example.org", "203.0.113.9"));
    BOOST_TEST(!is_usual("ada@example.org", "203.0.114.9"));
    BOOST_TEST(!is_usual("bob@example.org", "203.0.113.9"));
    BOOST_TEST(!is_usual("eve@example.org", "203.0.113.9"));
    clock.advance(80 * day);
    open(ada);
    clock.advance(90 * day - 1);
    BOOST_TEST(is_usual("ada@example.org", "203.0.113.9"));
    clock.advance(1);
    BOOST_TEST(!is_usual("ada@example.org", "203.0.113.9"));
}

BOOST_AUTO_TEST_SUITE_END()
