#include "base/ascii.h"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(ascii_test)

BOOST_AUTO_TEST_CASE(letters_beyond_ascii_and_signs_stay_what_they_are) {
    std::string text = "@AZ[`az{ \xc3\x89 I\xc4\xb0";
    base::make_lower(text);
    BOOST_TEST(text == "@az[`az{ \xc3\x89 i\xc4\xb0");
    BOOST_TEST(base::lowered("Text/HTML \xc3\x89") == "text/html \xc3\x89");
    BOOST_TEST(!base::equal_ignoring_case("[", "{"));
    BOOST_TEST(!base::equal_ignoring_case("\xc3\x89", "\xc3\xa9"));
    BOOST_TEST(!base::equal_ignoring_case("a", "ab"));
    BOOST_TEST(base::equal_ignoring_case("Text/HTML", "text/html"));
}

BOOST_AUTO_TEST_CASE(blanks_are_taken_from_both_ends_only) {
    BOOST_TEST(base::trimmed("") == "");
    BOOST_TEST(base::trimmed("   ") == "");
    BOOST_TEST(base::trimmed("  a  b ") == "a  b");
    BOOST_TEST(base::trimmed("\ta ") == "\ta");
    BOOST_TEST(base::trimmed("\t a \t", " \t") == "a");
}

BOOST_AUTO_TEST_SUITE_END()
