// Of what was refused, the decoded copies were left in memory that was given back: passwords.
#include <boost/test/unit_test.hpp>

#include "http/fields.h"
#include "support/freed_memory.h"

using support::FreedMemory;

namespace {

constexpr std::string_view password = "violet harbour 1857 tin, a lamp";
const std::string in_form = "violet+harbour+1857+tin%2c+a+lamp";
const std::string in_json = "violet harbour 1857 tin\\u002c a lamp";

bool is_refused(const http::ParsedFields& parsed) {
    return std::holds_alternative<http::Fault>(parsed);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wiped_fields_test)

BOOST_AUTO_TEST_CASE(what_is_looked_for_is_found) {
    const auto forget = [] { (void)std::string(password); };
    BOOST_TEST(FreedMemory::pieces_with(password, forget) == 1);
}

BOOST_AUTO_TEST_CASE(a_refused_form_leaves_nothing_in_memory) {
    for (const std::string& form :
         {"password=" + in_form + "%4", "password=" + in_form + "%ff",
          "password=" + in_form + "%00", "password=" + in_form + std::string(5'000, 'x'),
          "password=" + in_form + "&password=" + in_form, in_form + "%", in_form + "%ff",
          in_form + std::string(64, 'x'), in_form + "&" + in_form}) {
        const auto parse = [&] { BOOST_TEST(is_refused(http::parse_urlencoded(form))); };
        BOOST_TEST(FreedMemory::pieces_with(password, parse) == 0, form);
    }
}

BOOST_AUTO_TEST_CASE(a_refused_value_of_json_leaves_nothing_in_memory) {
    for (const std::string& json :
         {"\"" + in_json + "\"", R"({"password":")" + in_json + R"(\u0000"})",
          R"({"password":")" + in_json + R"(","email":1})"}) {
        const auto parse = [&] { BOOST_TEST(is_refused(http::parse_json(json))); };
        BOOST_TEST(FreedMemory::pieces_with(password, parse) == 0, json);
    }
}

BOOST_AUTO_TEST_CASE(what_was_read_goes_with_its_owner) {
    for (const std::string& form : {"password=" + in_form, in_form, in_form + "&b=2&c=3&d=4&e=5"}) {
        const auto parse = [&] { BOOST_TEST(!is_refused(http::parse_urlencoded(form))); };
        BOOST_TEST(FreedMemory::pieces_with(password, parse) == 0, form);
    }
}

BOOST_AUTO_TEST_SUITE_END()
