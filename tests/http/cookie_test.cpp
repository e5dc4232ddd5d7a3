#include "http/cookie.h"

#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <string>

using http::Cookie;
using http::to_header;
using namespace std::string_literals;

namespace {

Cookie cookie(std::string name, std::string value) {
    Cookie made;
    made.name = std::move(name);
    made.value = std::move(value);
    return made;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cookie_test)

BOOST_AUTO_TEST_CASE(no_part_can_add_an_attribute_or_a_header) {
    for (const auto& bad :
         {"a;b"s, "a b"s, "a\r\nb"s, "a\0b"s, "a,b"s, "a\"b"s, "a\\b"s, "\xc3\xa9"s}) {
        BOOST_TEST_CONTEXT(bad) {
            BOOST_CHECK_THROW((void)to_header(cookie(bad, "v")), std::invalid_argument);
            BOOST_CHECK_THROW((void)to_header(cookie("n", bad)), std::invalid_argument);
            auto made = cookie("n", "v");
            made.path = "/" + bad;
            BOOST_CHECK_THROW((void)to_header(made), std::invalid_argument);
            made.path = "/";
            made.domain = bad;
            BOOST_CHECK_THROW((void)to_header(made), std::invalid_argument);
        }
    }
    BOOST_CHECK_THROW((void)to_header(cookie("", "v")), std::invalid_argument);
    BOOST_CHECK_THROW((void)to_header(cookie("a=b", "v")), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_prefix_is_a_promise) {
    auto host = cookie("__Host-postern", "v");
    BOOST_TEST(to_header(host) == "__Host-postern=v; Path=/; Secure; HttpOnly; SameSite=Lax");
    host.domain = "example.org";
    BOOST_CHECK_THROW((void)to_header(host), std::invalid_argument);
    host.domain.clear();
    host.path = "/account";
    BOOST_CHECK_THROW((void)to_header(host), std::invalid_argument);
    host.path = "/";
    host.secure = false;
    BOOST_CHECK_THROW((void)to_header(host), std::invalid_argument);
    auto secure = cookie("__Secure-postern", "v");
    secure.domain = "example.org";
    BOOST_TEST(to_header(secure) ==
               "__Secure-postern=v; Path=/; Domain=example.org; Secure; HttpOnly; SameSite=Lax");
    secure.secure = false;
    BOOST_CHECK_THROW((void)to_header(secure), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_cookie_lives_as_long_as_it_says) {
    auto made = cookie("postern", "");
    made.secure = false;
    made.max_age = 0;
    BOOST_TEST(to_header(made) == "postern=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    made.max_age = 14 * base::day;
    BOOST_TEST(to_header(made) == "postern=; Path=/; Max-Age=1209600; HttpOnly; SameSite=Lax");
}

BOOST_AUTO_TEST_SUITE_END()
