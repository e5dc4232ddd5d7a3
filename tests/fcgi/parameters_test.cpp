#include "fcgi/parameters.h"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace {

fcgi::Parameters read(std::vector<const char*> entries) {
    entries.push_back(nullptr);
    return fcgi::read_parameters(entries.data());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(parameters_test)

BOOST_AUTO_TEST_CASE(a_parameter_that_stands_twice_is_a_fault) {
    for (const char* twice : {"REQUEST_METHOD=POST", "CONTENT_LENGTH=3", "HTTP_COOKIE=a=b"}) {
        BOOST_TEST_CONTEXT(twice) {
            BOOST_TEST((read({twice, twice}).fault == fcgi::ParameterFault::repeated));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_length_that_is_no_number_is_a_fault) {
    for (const char* entry : {"CONTENT_LENGTH=-1", "CONTENT_LENGTH=3x", "CONTENT_LENGTH= 3",
                              "CONTENT_LENGTH=99999999999999999999999"}) {
        BOOST_TEST_CONTEXT(entry) {
            BOOST_TEST((read({entry}).fault == fcgi::ParameterFault::content_length));
        }
    }
}

BOOST_AUTO_TEST_CASE(headers_that_nobody_asked_for_are_not_seen) {
    const auto parameters = read({"HTTP_REMOTE_USER=admin", "REMOTE_USER=admin", "HTTP_HOST=evil",
                                  "HTTP_X_FORWARDED_FOR=1.2.3.4", "REQUEST_URI=//evil"});
    BOOST_TEST(parameters.request.client.empty());
    BOOST_TEST(parameters.request.path.empty());
    BOOST_TEST((parameters.fault == fcgi::ParameterFault::none));
}

BOOST_AUTO_TEST_CASE(a_request_id_that_is_not_nginxs_is_replaced) {
    for (const char* entry : {"POSTERN_REQUEST_ID=", "POSTERN_REQUEST_ID=<script>",
                              "POSTERN_REQUEST_ID=0123456789ABCDEF0123456789ABCDEF"}) {
        const std::string id = read({entry}).request.request_id;
        BOOST_TEST(id.size() == 32U);
        BOOST_TEST(id.find_first_not_of("0123456789abcdef") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(entries_without_a_name_or_an_equals_sign_are_passed_over) {
    const auto parameters = read({"", "=", "=x", "POSTERN_PATH"});
    BOOST_TEST(parameters.request.path.empty());
}

BOOST_AUTO_TEST_CASE(what_nginx_says_becomes_the_request_in_any_order) {
    const auto parameters =
        read({"POSTERN_ROLE=members", "REMOTE_ADDR=192.0.2.1", "HTTP_COOKIE=postern=x; a=b=c",
              "REQUEST_METHOD=POST", "POSTERN_PATH=/account/login", "CONTENT_LENGTH=12",
              "QUERY_STRING=a=b", "CONTENT_TYPE=application/json", "HTTP_ACCEPT=*/*",
              "HTTP_ORIGIN=https://example.org", "HTTP_SEC_FETCH_SITE=none",
              "HTTP_USER_AGENT=Browser", "POSTERN_REQUEST_ID=0123456789abcdef0123456789abcdef",
              "POSTERN_ORIGINAL_URI=/members/?x=%2f", "POSTERN_ORIGINAL_HOST=example.org:8080"});
    const http::Request& request = parameters.request;
    BOOST_TEST((parameters.fault == fcgi::ParameterFault::none));
    BOOST_TEST(parameters.content_length == 12U);
    BOOST_TEST((request.method == http::Method::post));
    BOOST_TEST(request.path == "/account/login");
    BOOST_TEST(request.query == "a=b");
    BOOST_TEST(request.content_type == "application/json");
    BOOST_TEST(request.accept == "*/*");
    BOOST_TEST(request.cookie == "postern=x; a=b=c");
    BOOST_TEST(request.origin == "https://example.org");
    BOOST_TEST(request.sec_fetch_site == "none");
    BOOST_TEST(request.user_agent == "Browser");
    BOOST_TEST(request.client == "192.0.2.1");
    BOOST_TEST(request.request_id == "0123456789abcdef0123456789abcdef");
    BOOST_TEST(request.original_uri == "/members/?x=%2f");
    BOOST_TEST(request.original_host == "example.org:8080");
    BOOST_TEST(request.required_role == "members");
}

BOOST_AUTO_TEST_CASE(methods_that_postern_does_not_know_are_other) {
    for (const char* entry : {"REQUEST_METHOD=get", "REQUEST_METHOD=PUT", "REQUEST_METHOD="}) {
        BOOST_TEST((read({entry}).request.method == http::Method::other));
    }
    BOOST_TEST((read({}).request.method == http::Method::other));
}

BOOST_AUTO_TEST_SUITE_END()
