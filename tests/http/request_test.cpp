#include "http/request.h"

#include <boost/test/unit_test.hpp>
#include <string>

using http::find_cookie;
using http::has_media_type;

namespace {

bool accepts_json(std::string accept) {
    http::Request request;
    request.accept = std::move(accept);
    return http::wants_json(request);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(request_test)

BOOST_AUTO_TEST_CASE(what_only_looks_like_json_is_a_page) {
    for (const auto* accept :
         {"", "*/*", "application/*", "text/html", "application/jsonp", "xapplication/json",
          "text/html;q=application/json", "application/json;q=0", "application/json; q=0.000",
          "text/html, application/json;Q=0.0", ",", ";", ", ,;",
          "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"}) {
        BOOST_TEST_CONTEXT(accept) {
            BOOST_TEST(!accepts_json(accept));
        }
    }
}

BOOST_AUTO_TEST_CASE(json_may_stand_anywhere_in_any_case) {
    for (const auto* accept :
         {"application/json", "Application/JSON", "application/json, text/plain, */*",
          "text/html;q=0.5 , application/json ; q=0.9", "application/json;charset=utf-8",
          "text/plain,\tapplication/json", "application/json;q=1.0", "application/json;q=0.001"}) {
        BOOST_TEST_CONTEXT(accept) {
            BOOST_TEST(accepts_json(accept));
        }
    }
}

BOOST_AUTO_TEST_CASE(who_sends_json_wants_json) {
    http::Request request;
    request.content_type = "application/JSON; charset=utf-8";
    request.accept = "text/html";
    BOOST_TEST(http::wants_json(request));
    request.content_type = "application/x-www-form-urlencoded";
    BOOST_TEST(!http::wants_json(request));
}

BOOST_AUTO_TEST_CASE(a_media_type_is_compared_without_parameters_and_case) {
    BOOST_TEST(has_media_type(" Text/HTML ; charset=x", "text/html"));
    BOOST_TEST(has_media_type("text/html", "text/html"));
    BOOST_TEST(!has_media_type("text/html2", "text/html"));
    BOOST_TEST(!has_media_type("text/htm", "text/html"));
    BOOST_TEST(!has_media_type("", "text/html"));
    BOOST_TEST(!has_media_type(";text/html", "text/html"));
}

BOOST_AUTO_TEST_CASE(a_cookie_that_stands_twice_counts_for_nothing) {
    for (const auto* header : {"s=1; s=2", "s=1; a=b; s=1", "s=; s=1", "s=1;s="}) {
        BOOST_TEST_CONTEXT(header) {
            const auto found = find_cookie(header, "s");
            BOOST_TEST(found.ambiguous);
            BOOST_TEST(found.value.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_cookie_of_a_similar_name_is_another) {
    for (const auto* header : {"", "xs=1", "s2=1", "S=1", "s =1", "a=s=1", "s", "=s", "; ;",
                               "a=1, s=2", "\xc2\xa0s=1"}) {
        BOOST_TEST_CONTEXT(header) {
            const auto found = find_cookie(header, "s");
            BOOST_TEST(!found.ambiguous);
            BOOST_TEST(found.value.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_cookie_is_found_among_others) {
    BOOST_TEST(find_cookie("s=1", "s").value == "1");
    BOOST_TEST(find_cookie("a=b; s=x=y; c=d", "s").value == "x=y");
    BOOST_TEST(find_cookie("a=b;s=1;c=d", "s").value == "1");
    BOOST_TEST(find_cookie(" \t s=1 \t;", "s").value == "1");
    BOOST_TEST(find_cookie("__Host-postern=abc; postern=def", "postern").value == "def");
}

BOOST_AUTO_TEST_SUITE_END()
