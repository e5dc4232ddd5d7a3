// What the kernel's tables of sockets say.
#include "cli/doctor_listeners.h"

#include <bit>
#include <boost/test/unit_test.hpp>

using cli::doctor::Listener;
using cli::doctor::listeners_in;
using cli::doctor::own_addresses;

BOOST_AUTO_TEST_SUITE(doctor_listeners_test)

BOOST_AUTO_TEST_CASE(what_is_no_listeners_line_is_left_out) {
    for (const char* line :
         {"", "\n", "  sl  local_address rem_address   st tx_queue rx_queue",
          "   0: 0100007F:1F90 0100007F:9C40 01 00000000:00000000",  // a connection
          "   0: 0100007F 00000000:0000 0A", "   0: 01007F:1F90 00000000:0000 0A",
          "   0: 0100007G:1F90 00000000:0000 0A", "   0: 0100007F: 00000000:0000 0A",
          "   0: 0100007F:1F9G 00000000:0000 0A"}) {
        BOOST_TEST(listeners_in(line).empty(), line);
    }
}

BOOST_AUTO_TEST_CASE(addresses_of_both_families_are_told) {
    if constexpr (std::endian::native != std::endian::little) return;
    const auto found = listeners_in(
        "  sl  local_address rem_address   st\n"
        "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000\n"
        "   1: 00000000:0050 00000000:0000 0A\n"
        "   2: 070200C0:01BB 00000000:0000 0A\n"
        "   3: 00000000000000000000000000000000:0BB8 00000000000000000000000000000000:0000 0A\n"
        "   4: 00000000000000000000000001000000:0019 00000000000000000000000000000000:0000 0A\n"
        "   5: 0000000000000000FFFF00000100007F:1F91 00000000000000000000000000000000:0000 0A\n");
    std::string text;
    for (const Listener& one : found) {
        text += cli::doctor::to_text(one.address, one.port) + (one.everywhere() ? "*" : "") +
                (one.on_loopback() ? "o" : "") + " ";
    }
    BOOST_TEST(text ==
               "127.0.0.1:8080o 0.0.0.0:80* 192.0.2.7:443 [::]:3000* [::1]:25o 127.0.0.1:8081o ");
}

BOOST_AUTO_TEST_CASE(only_addresses_of_this_machine_are_its_own) {
    BOOST_TEST(own_addresses("127.0.0.1") == std::vector<std::string>{"127.0.0.1"});
    BOOST_TEST(!own_addresses("localhost").empty());
    BOOST_TEST(own_addresses("192.0.2.7").empty());  // kept for documents
    BOOST_TEST(own_addresses("no such name").empty());
}

BOOST_AUTO_TEST_SUITE_END()
