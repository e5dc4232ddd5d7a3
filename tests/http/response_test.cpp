#include "http/response.h"

#include <array>
#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <string>

using http::Response;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(response_test)

BOOST_AUTO_TEST_CASE(no_header_can_be_injected) {
    Response response;
    for (const auto& value :
         {"a\r\nSet-Cookie: x=y"s, "a\nb"s, "a\rb"s, "a\0b"s, "\x7f"s, "a\tb"s}) {
        BOOST_TEST_CONTEXT(value) {
            BOOST_CHECK_THROW(response.add("X", value), std::invalid_argument);
            BOOST_CHECK_THROW((void)http::see_other("/" + value), std::invalid_argument);
        }
    }
    for (const auto& name : {""s, "a b"s, "a:"s, "a\n"s, "a\0"s, "\xc3\xa9"s}) {
        BOOST_TEST_CONTEXT(name) {
            BOOST_CHECK_THROW(response.add(name, "x"), std::invalid_argument);
        }
    }
    BOOST_TEST(response.headers.empty());
}

BOOST_AUTO_TEST_CASE(headers_are_added_and_found_in_any_case) {
    Response response;
    response.add("Set-Cookie", "a=1").add("Set-Cookie", "b=2").add("Remote-Name", "Jos\u00e9");
    BOOST_TEST(response.headers.size() == 3u);
    BOOST_TEST(response.header("set-cookie") == "a=1");
    BOOST_TEST(response.header("REMOTE-NAME") == "Jos\u00e9");
    BOOST_TEST(response.header("Location") == "");
}

BOOST_AUTO_TEST_CASE(an_answer_tells_how_long_it_is) {
    BOOST_TEST(http::to_cgi(http::json(200, "{}"), true) ==
               "Status: 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
    BOOST_TEST(http::to_cgi(http::html(404, "gone"), false) ==
               "Status: 404 Not Found\r\nContent-Type: text/html; charset=utf-8\r\n"
               "Content-Length: 4\r\n\r\n");
    BOOST_TEST(http::to_cgi(http::see_other("/account/"), true) ==
               "Status: 303 See Other\r\nLocation: /account/\r\nContent-Length: 0\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(fixed_headers_are_found_and_sent_like_the_others) {
    static constexpr std::array fixed{http::Header{"Cache-Control", "no-store"}};
    Response response = http::no_content();
    response.add("Remote-User", "1").fixed_headers = fixed;
    BOOST_TEST(response.header("cache-control") == "no-store");
    BOOST_TEST(http::to_cgi(response, true) ==
               "Status: 204 No Content\r\nRemote-User: 1\r\nCache-Control: no-store\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(an_answer_without_content_has_no_body_whatever_it_was_given) {
    Response response = http::no_content();
    response.body = "smuggled";
    BOOST_TEST(http::to_cgi(response, true) == "Status: 204 No Content\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(json_of_an_error_is_a_problem) {
    BOOST_TEST(http::json(422, "{}").header("content-type") == "application/problem+json");
    BOOST_TEST(http::json(202, "{}").header("content-type") == "application/json");
}

BOOST_AUTO_TEST_CASE(statuses_have_their_registered_phrases) {
    BOOST_TEST(http::reason_phrase(303) == "See Other");
    BOOST_TEST(http::reason_phrase(429) == "Too Many Requests");
    BOOST_TEST(http::reason_phrase(999) == "");
}

BOOST_AUTO_TEST_SUITE_END()
