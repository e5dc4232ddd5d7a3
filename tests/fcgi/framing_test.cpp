#include "fcgi/framing.h"

#include <boost/test/unit_test.hpp>
#include <string>

#include "support/fastcgi_client.h"

using fcgi::is_whole_request;
using support::record;
using support::RecordType;

namespace {

const std::string whole = support::request_bytes({{"REQUEST_METHOD", "POST"}}, "abc", true);

}  // namespace

BOOST_AUTO_TEST_SUITE(framing_test)

BOOST_AUTO_TEST_CASE(every_part_of_a_request_is_a_part) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
        BOOST_TEST(!is_whole_request(whole.substr(0, size)), size);
    }
    BOOST_TEST(is_whole_request(whole));
    BOOST_TEST(is_whole_request(whole + "and more"));
}

BOOST_AUTO_TEST_CASE(the_end_of_another_request_ends_nothing) {
    // The parser passes over it and goes on waiting.
    const std::string others = record(RecordType::in, "", 2);
    BOOST_TEST(!is_whole_request(others));
    BOOST_TEST(!is_whole_request(support::begin_record(true) + others));
    BOOST_TEST(!is_whole_request(record(RecordType::begin, std::string(8, '\0'), 0) +
                                 record(RecordType::in, "", 0)));
    BOOST_TEST(is_whole_request(support::begin_record(true) + others + whole));
}

BOOST_AUTO_TEST_CASE(padding_is_passed_over) {
    std::string padded = record(RecordType::params, "");
    padded[6] = 3;
    const std::string start = support::begin_record(true) + padded;
    BOOST_TEST(!is_whole_request(start + "xx"));
    BOOST_TEST(is_whole_request(start + "xxx" + record(RecordType::in, "")));
}

BOOST_AUTO_TEST_CASE(what_is_no_request_is_left_to_the_parser) {
    BOOST_TEST(is_whole_request("GET / HTTP/1.1"));
    BOOST_TEST(is_whole_request(std::string(8, '\xff')));
    BOOST_TEST(is_whole_request(std::string("\1\1\0\1\0\0\0\0", 8)));  // a start without content
}

BOOST_AUTO_TEST_SUITE_END()
