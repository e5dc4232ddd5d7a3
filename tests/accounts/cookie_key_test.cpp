#include "accounts/cookie_key.h"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(cookie_key_test)

BOOST_AUTO_TEST_CASE(the_key_of_a_cookie_is_found_again) {
    for (int i = 0; i < 1'000; ++i) {
        const accounts::NewCookie made = accounts::make_cookie();
        BOOST_REQUIRE(accounts::key_of_cookie(made.cookie.reveal()) == made.key);
    }
}

BOOST_AUTO_TEST_CASE(whatever_stands_in_place_of_a_letter_it_is_read_as_the_library_reads_it) {
    const accounts::NewCookie made = accounts::make_cookie();
    for (std::size_t place = 0; place < made.cookie.size(); ++place) {
        for (int code = 0; code < 256; ++code) {
            std::string text(made.cookie.reveal());
            text[place] = static_cast<char>(code);
            const auto bytes = base::from_base64url(text);
            const auto key = accounts::key_of_cookie(text);
            BOOST_REQUIRE_MESSAGE(key.has_value() == bytes.has_value(), text);
            BOOST_REQUIRE(!key || *key == base::sha256(*bytes));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
