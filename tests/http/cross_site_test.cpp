#include "http/cross_site.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "http/fields.h"

using namespace std::string_literals;

namespace {

const std::string origin = "https://example.org";
const std::vector<std::string> hosts{"wiki.example.org", "dev.example.org:8443"};

std::string answer(std::string_view text) {
    return http::safe_return_address(text, origin, hosts).value_or("(refused)");
}

void must_be_refused(const std::vector<std::string>& addresses) {
    for (const auto& address : addresses) {
        BOOST_TEST_CONTEXT(address) {
            BOOST_TEST(answer(address) == "(refused)");
        }
    }
}

bool passes(std::string sec_fetch_site, std::string from) {
    http::Request request;
    request.sec_fetch_site = std::move(sec_fetch_site);
    request.origin = std::move(from);
    return http::is_same_site(request, origin);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cross_site_test)

BOOST_AUTO_TEST_CASE(another_site_is_refused_whatever_it_says_of_its_origin) {
    for (const auto* site :
         {"cross-site", "same-site", "Same-Origin", "same-origin ", "null", "x"}) {
        BOOST_TEST_CONTEXT(site) {
            BOOST_TEST(!passes(site, ""));
            BOOST_TEST(!passes(site, origin));
        }
    }
}

BOOST_AUTO_TEST_CASE(an_old_browser_is_known_by_its_origin) {
    for (const auto* from :
         {"https://evil.example", "https://example.or", "http://example.org",
          "https://example.org:443", "https://example.org/", "https://example.org.evil.example",
          "null", "HTTPS://EXAMPLE.ORG", "https://wiki.example.org"}) {
        BOOST_TEST_CONTEXT(from) {
            BOOST_TEST(!passes("", from));
        }
    }
    BOOST_TEST(passes("", origin));
}

BOOST_AUTO_TEST_CASE(our_pages_the_address_bar_and_programs_pass) {
    BOOST_TEST(passes("same-origin", origin));
    BOOST_TEST(passes("same-origin", "null"));
    BOOST_TEST(passes("none", ""));
    BOOST_TEST(passes("", ""));
}

BOOST_AUTO_TEST_CASE(nowhere_but_here) {
    must_be_refused({"",
                     "x",
                     "?x",
                     "#x",
                     "//evil",
                     "///evil",
                     "////evil",
                     "/\\evil",
                     "\\\\evil",
                     "\\/evil",
                     "https:evil",
                     "https:/evil",
                     "https:///evil",
                     "https://evil",
                     "http://example.org/",
                     "javascript:alert(1)",
                     "data:text/html,x",
                     "//",
                     "ftp://example.org/",
                     "//example.org/",
                     "HTTPS://example.org/",
                     "https://EXAMPLE.org/",
                     "view-source:https://example.org/",
                     "https://",
                     ".//evil",
                     "./x",
                     "../x",
                     "evil/x",
                     "@evil"});
}

BOOST_AUTO_TEST_CASE(a_host_is_the_whole_host) {
    must_be_refused({"https://example.org.evil/",
                     "https://example.org@evil/",
                     "https://user@example.org/",
                     "https://example.org:pw@evil/",
                     "https://example.org:444/",
                     "https://example.org:443/",
                     "https://example.org\\@evil/",
                     "https://example.org%2eevil/",
                     "https://example.org%2f@evil/",
                     "https://evil/https://example.org/",
                     "https://wiki.example.org.evil/",
                     "https://wiki.example.org:8443/",
                     "https://dev.example.org/",
                     "https://dev.example.org:84431/",
                     "https://sub.wiki.example.org/",
                     "http://wiki.example.org/",
                     "wiki.example.org/",
                     "//wiki.example.org/",
                     "https://example.org;evil/",
                     "https://example.org./",
                     "https://example.org\xe3\x80\x82"
                     "evil/"});
}

BOOST_AUTO_TEST_CASE(what_decodes_to_another_host_is_refused_however_often_encoded) {
    must_be_refused({"/%2fevil",
                     "/%2Fevil",
                     "/%2f%2fevil",
                     "/%252fevil",
                     "/%252f%252fevil",
                     "/%25252fevil",
                     "/%2525252fevil",
                     "/%25252525252fevil",
                     "/%5cevil",
                     "/%255cevil",
                     "/a%5c..%5cevil",
                     "/%09/evil",
                     "/%2509/evil",
                     "/%0a/evil",
                     "/%00",
                     "/x%00y",
                     "/x%7f",
                     "/%0d%0aSet-Cookie:a=b",
                     "/%250d%250ax",
                     "https://example.org/%2f/evil",
                     "https://example.org//evil",
                     "https://wiki.example.org/%2fevil",
                     "/%25%32%66evil",
                     "/%2%35fevil"});
}

BOOST_AUTO_TEST_CASE(dot_segments_are_refused) {
    must_be_refused({"/.//evil", "/..//evil", "/./", "/.", "/..", "/a/../b", "/a/./b", "/a/..",
                     "/%2e//evil", "/%2e%2e//evil", "/.%2e//evil", "/%252e%252e//evil",
                     "/a/%2e%2e/%2fevil", "/%2e%2e%2f%2fevil", "https://example.org/../x"});
}

BOOST_AUTO_TEST_CASE(bytes_that_no_address_holds_are_refused) {
    must_be_refused({"/\tx",
                     "/x\n",
                     "/x\r\nSet-Cookie: a=b",
                     "\t//evil",
                     "/\t/evil",
                     " /x",
                     "/x ",
                     "/x?a b",
                     "/\0"s,
                     "/x\0//evil"s,
                     "/x?\x7f",
                     "/\xc3\xa9",
                     "/\xef\xbc\x8f"
                     "evil",
                     "/x?\xc3\xa9",
                     "/x?a\\b",
                     "/x#\\",
                     "/%",
                     "/%4",
                     "/%zz",
                     "/100%",
                     "/%u2215evil"});
}

BOOST_AUTO_TEST_CASE(the_length_is_bounded_and_depth_costs_nothing) {
    BOOST_TEST(answer("/" + std::string(2047, 'x')).size() == 2048u);
    must_be_refused({"/" + std::string(2048, 'x'), "/" + std::string(1 << 20, '/')});
    std::string deep = "/%";
    while (deep.size() < 2000) deep += "25";
    must_be_refused({deep + "2fevil"});
}

BOOST_AUTO_TEST_CASE(honest_addresses_come_back_byte_for_byte) {
    for (const auto& address : {"/"s,
                                "/members/"s,
                                "/members/a?b=c&d=%20+e"s,
                                "/search?u=https%3A%2F%2Fx%2F"s,
                                "/search?u=https://x//y/../z"s,
                                "/?q=%252f%0a%00"s,
                                "/?q=100%"s,
                                "/a//b"s,
                                "/a/...//"s,
                                "/.well-known/x"s,
                                "/a..b/.c"s,
                                "/caf%C3%A9"s,
                                "/100%25"s,
                                "/100%2525/x"s,
                                "/a%20b;c=d"s,
                                "/x#//top"s,
                                "/x?//evil"s,
                                "/~user/@name/a:b"s,
                                "/x?{\"a\":|^}"s,
                                "https://example.org"s,
                                "https://example.org/"s,
                                "https://example.org/a?b#c"s,
                                "https://example.org?x=/.."s,
                                "https://wiki.example.org/page?x=%2F%2F"s,
                                "https://dev.example.org:8443/x"s}) {
        BOOST_TEST_CONTEXT(address) {
            BOOST_TEST(answer(address) == address);
        }
    }
}

BOOST_AUTO_TEST_CASE(without_further_hosts_there_is_one_origin) {
    BOOST_TEST(!http::safe_return_address("https://wiki.example.org/", origin, {}));
    BOOST_TEST(
        http::safe_return_address("http://localhost:8080/x", "http://localhost:8080", {}).value() ==
        "http://localhost:8080/x");
    BOOST_TEST(!http::safe_return_address("http://localhost:80801/", "http://localhost:8080", {}));
    BOOST_TEST(!http::safe_return_address("https:///x", origin, {""}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
