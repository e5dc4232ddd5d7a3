#include "http/fields.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

using http::Fault;
using http::Fields;
using http::parse_urlencoded;
using namespace std::string_literals;

namespace {

Fault fault_of(http::ParsedFields parsed) {
    auto* fault = std::get_if<Fault>(&parsed);
    return fault != nullptr ? std::move(*fault) : Fault{0, "(accepted)", ""};
}

Fields fields_of(http::ParsedFields parsed) {
    BOOST_REQUIRE(std::holds_alternative<Fields>(parsed));
    return std::get<Fields>(std::move(parsed));
}

std::string many_fields(int count) {
    std::string text;
    for (int number = 0; number < count; ++number) text += "f" + std::to_string(number) + "=x&";
    return text;
}

http::ParsedFields body(std::string content_type, std::string text) {
    http::Request request;
    request.content_type = std::move(content_type);
    request.body = std::move(text);
    return http::parse_body(request);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fields_test)

BOOST_AUTO_TEST_CASE(broken_encoding_is_refused) {
    for (const auto* text : {"a=%zz", "a=%", "a=%4", "a=x%4g", "a=%g4", "a=% 4", "a=%+4", "a=%-1",
                             "a=%%41", "a=b%2"}) {
        BOOST_TEST_CONTEXT(text) {
            const auto fault = fault_of(parse_urlencoded(text));
            BOOST_TEST(fault.status == 400);
            BOOST_TEST(fault.field == "a");
            BOOST_TEST(fault.detail == "The field \"a\" has broken percent-encoding.");
        }
    }
    BOOST_TEST(fault_of(parse_urlencoded("%zz=a")).status == 400);
}

BOOST_AUTO_TEST_CASE(text_that_is_not_utf_8_or_holds_a_nul_is_refused) {
    for (const auto& text : {"a=%00"s, "a=x\0y"s, "a=%ff"s, "a=\xff"s, "a=%c0%af"s, "a=%ed%a0%80"s,
                             "a=%C3"s, "a=%f4%90%80%80"s}) {
        BOOST_TEST_CONTEXT(text) {
            const auto fault = fault_of(parse_urlencoded(text));
            BOOST_TEST(fault.status == 400);
            BOOST_TEST(fault.field == "a");
        }
    }
    BOOST_TEST(fault_of(parse_urlencoded("%00=a")).status == 400);
    BOOST_TEST(fault_of(parse_urlencoded("%ff=a")).status == 400);
}

BOOST_AUTO_TEST_CASE(a_field_that_stands_twice_is_refused) {
    for (const auto* text : {"a=1&a=2", "a=1&a=1", "a=1&b=2&%61=3", "a&a", "a=&a="}) {
        BOOST_TEST_CONTEXT(text) {
            const auto fault = fault_of(parse_urlencoded(text));
            BOOST_TEST(fault.status == 400);
            BOOST_TEST(fault.detail == "The field \"a\" stands twice.");
        }
    }
}

BOOST_AUTO_TEST_CASE(a_field_without_a_name_is_refused) {
    BOOST_TEST(fault_of(parse_urlencoded("=x")).status == 400);
    BOOST_TEST(fault_of(parse_urlencoded("a=b&=")).status == 400);
}

BOOST_AUTO_TEST_CASE(bounds_hold_to_the_byte) {
    BOOST_TEST(fault_of(parse_urlencoded(many_fields(33))).status == 400);
    BOOST_TEST(fields_of(parse_urlencoded(many_fields(32))).has("f31"));
    BOOST_TEST(fault_of(parse_urlencoded(std::string(65, 'n') + "=x")).status == 400);
    BOOST_TEST(fields_of(parse_urlencoded(std::string(64, 'n') + "=x")).has(std::string(64, 'n')));
    BOOST_TEST(fault_of(parse_urlencoded("a=" + std::string(4097, 'x'))).status == 422);
    BOOST_TEST(fields_of(parse_urlencoded("a=" + std::string(4096, 'x'))).get("a")->size() ==
               4096u);
    BOOST_TEST(fault_of(parse_urlencoded(std::string((64 << 10) + 1, '&'))).status == 413);
    BOOST_TEST(fields_of(parse_urlencoded(std::string(64 << 10, '&'))).empty());
}

BOOST_AUTO_TEST_CASE(a_fault_repeats_no_value_and_no_strange_name) {
    const auto value = fault_of(parse_urlencoded("password=hunter2%00"));
    BOOST_TEST(value.detail.find("hunter2") == std::string::npos);
    // A body that is no form is one long name.
    for (const auto* text : {"My Secret!&My Secret!", "<b>=1&<b>=2", "%0d%0aX=1&%0d%0aX=2"}) {
        const auto fault = fault_of(parse_urlencoded(text));
        BOOST_TEST(fault.status == 400);
        BOOST_TEST(fault.field == "");
        BOOST_TEST(fault.detail == "A field stands twice.");
    }
}

BOOST_AUTO_TEST_CASE(a_form_is_read_as_browsers_write_it) {
    const auto fields = fields_of(parse_urlencoded(
        "email=a%2Bb%40example.org&name=Jos%c3%A9+M.&empty=&bare&eq=a=b&&text=1%0D%0A2&"));
    BOOST_TEST(fields.get("email").value() == "a+b@example.org");
    BOOST_TEST(fields.get("name").value() == "Jos\u00e9 M.");
    BOOST_TEST(fields.get("empty").value() == "");
    BOOST_TEST(fields.get("bare").value() == "");
    BOOST_TEST(fields.get("eq").value() == "a=b");
    BOOST_TEST(fields.get("text").value() == "1\r\n2");
    BOOST_TEST(!fields.get("none"));
    BOOST_TEST(!fields.get("Email"));
    BOOST_TEST(fields_of(parse_urlencoded("")).empty());
}

BOOST_AUTO_TEST_CASE(a_view_into_a_longer_text_is_not_left) {
    const std::string_view longer = "a=%41";
    BOOST_TEST(fault_of(parse_urlencoded(longer.substr(0, 4))).status == 400);
    BOOST_TEST(fields_of(parse_urlencoded(longer.substr(0, 2))).get("a").value() == "");
}

BOOST_AUTO_TEST_CASE(a_switch_is_on_or_off_or_neither) {
    Fields fields;
    const auto add = [&](const char* name, const char* value) {
        return fields.add(name, base::Secret(value));
    };
    for (const auto* on : {"true", "on", "1", "yes"}) BOOST_TEST(add(on, on));
    for (const auto* off : {"false", "off", "0"}) BOOST_TEST(add(off, off));
    BOOST_TEST(add("empty", ""));
    BOOST_TEST(add("odd", "TRUE"));
    for (const auto* on : {"true", "on", "1", "yes"}) BOOST_TEST(fields.is_on(on).value());
    for (const auto* off : {"false", "off", "0", "empty", "absent"}) {
        BOOST_TEST(!fields.is_on(off).value());
    }
    BOOST_TEST(!fields.is_on("odd").has_value());
    BOOST_TEST(!add("odd", "again"));
    BOOST_TEST(fields.get("odd").value() == "TRUE");
}

BOOST_AUTO_TEST_CASE(a_body_of_another_type_is_415_unless_it_is_empty) {
    for (const auto* type :
         {"", "text/plain", "multipart/form-data; boundary=x", "application/jsonp",
          "application/xml", ";", "application/x-www-form-urlencoded2", "text/json"}) {
        BOOST_TEST_CONTEXT(type) {
            BOOST_TEST(fault_of(body(type, "a=b")).status == 415);
            BOOST_TEST(fields_of(body(type, "")).empty());
        }
    }
    BOOST_TEST(fields_of(body("application/json", "")).empty());
}

BOOST_AUTO_TEST_CASE(the_content_type_may_have_parameters_and_any_case) {
    for (const auto* type :
         {"application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-8",
          "Application/X-WWW-Form-URLencoded;charset=UTF-8",
          " application/x-www-form-urlencoded "}) {
        BOOST_TEST_CONTEXT(type) {
            BOOST_TEST(fields_of(body(type, "a=b")).get("a").value() == "b");
        }
    }
    for (const auto* type : {"application/json", "APPLICATION/JSON ; charset=utf-8"}) {
        BOOST_TEST_CONTEXT(type) {
            BOOST_TEST(fields_of(body(type, R"({"a":"b"})")).get("a").value() == "b");
        }
    }
}

BOOST_AUTO_TEST_CASE(a_body_over_64_kib_is_413) {
    const std::string large(1 << 20, 'x');
    BOOST_TEST(fault_of(body("application/x-www-form-urlencoded", "a=" + large)).status == 413);
    BOOST_TEST(fault_of(body("application/json", "{\"a\":\"" + large + "\"}")).status == 413);
}

BOOST_AUTO_TEST_CASE(a_query_is_read_like_a_form) {
    http::Request request;
    request.query = "token=abc-_&x=1";
    BOOST_TEST(fields_of(http::parse_query(request)).get("token").value() == "abc-_");
    request.query = "token=a&token=b";
    BOOST_TEST(fault_of(http::parse_query(request)).field == "token");
}

BOOST_AUTO_TEST_CASE(percent_encoding_is_undone_by_decoding) {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
    const auto encoded = http::percent_encode(all);
    BOOST_TEST(http::percent_decode(encoded, false).value() == all);
    BOOST_TEST(http::percent_decode(encoded, true).value() == all);
    BOOST_TEST(http::percent_encode("Az09-._~/?&=+ %\xc3") == "Az09-._~%2F%3F%26%3D%2B%20%25%C3");
    BOOST_TEST(http::percent_decode("a+b", false).value() == "a+b");
    BOOST_TEST(http::percent_decode("a+b", true).value() == "a b");
    BOOST_TEST(!http::percent_decode("%4", false));
}

BOOST_AUTO_TEST_SUITE_END()
