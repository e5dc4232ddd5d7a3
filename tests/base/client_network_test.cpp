#include "base/client_network.h"

#include <boost/test/unit_test.hpp>

using base::network_of;

BOOST_AUTO_TEST_SUITE(client_network_test)

BOOST_AUTO_TEST_CASE(what_is_no_address_is_one_network) {
    for (const char* client : {"", "unix:", "192.0.2", "192.0.2.256", "fe80::1%eth0", "::g"}) {
        BOOST_TEST(network_of(client) == "elsewhere", client);
    }
}

BOOST_AUTO_TEST_CASE(neighbours_share_a_network_and_others_do_not) {
    BOOST_TEST(network_of("192.0.2.7") == "192.0.2.0/24");
    BOOST_TEST(network_of("192.0.2.255") == network_of("192.0.2.0"));
    BOOST_TEST(network_of("192.0.3.7") != network_of("192.0.2.7"));
    BOOST_TEST(network_of("2001:db8:1:2::3") == "2001:db8:1::/48");
    BOOST_TEST(network_of("2001:db8:1:ffff::") == network_of("2001:db8:1::1"));
    BOOST_TEST(network_of("2001:db8:2::1") != network_of("2001:db8:1::1"));
}

// By this a visitor of a dual-stack socket would have all of IPv4 as his network.
BOOST_AUTO_TEST_CASE(an_ipv4_address_in_the_form_of_ipv6_counts_as_ipv4) {
    BOOST_TEST(network_of("::ffff:192.0.2.7") == "192.0.2.0/24");
}

BOOST_AUTO_TEST_SUITE_END()
