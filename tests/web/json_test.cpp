#include "web/json.h"

#include <boost/test/unit_test.hpp>

using web::JsonWriter;

BOOST_AUTO_TEST_SUITE(json_test)

BOOST_AUTO_TEST_CASE(text_that_is_not_utf8_is_written_as_text_that_is) {
    BOOST_TEST(JsonWriter().text("a\xff\xc3").take() == "\"a\xef\xbf\xbd\xef\xbf\xbd\"");
}

BOOST_AUTO_TEST_CASE(nothing_ends_a_text_but_its_quote) {
    BOOST_TEST(JsonWriter().text(std::string("\"\\\n\t\r\0\x1f\x7f/", 9)).take() ==
               "\"\\\"\\\\\\n\\u0009\\u000d\\u0000\\u001f\\u007f/\"");
    BOOST_TEST(JsonWriter().text("L\u00f6\U0001f600").take() == "\"L\u00f6\U0001f600\"");
}

BOOST_AUTO_TEST_CASE(commas_stand_between_and_nowhere_else) {
    JsonWriter json;
    json.begin_object();
    json.key("a").begin_array().end_array();
    json.key("b").begin_array().number(-1).null().boolean(false).begin_object().end_object();
    json.end_array();
    json.key("c").text("");
    json.end_object();
    BOOST_TEST(json.take() == R"({"a":[],"b":[-1,null,false,{}],"c":""})");
}

BOOST_AUTO_TEST_SUITE_END()
