#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "http/fields.h"

using http::Fault;
using http::Fields;
using http::parse_json;
using namespace std::string_literals;

namespace {

Fault fault_of(std::string_view text) {
    auto parsed = parse_json(text);
    auto* fault = std::get_if<Fault>(&parsed);
    return fault != nullptr ? std::move(*fault) : Fault{0, "(accepted)", ""};
}

Fields fields_of(std::string_view text) {
    auto parsed = parse_json(text);
    BOOST_REQUIRE(std::holds_alternative<Fields>(parsed));
    return std::get<Fields>(std::move(parsed));
}

std::string repeat(std::string_view text, int times) {
    std::string result;
    for (int turn = 0; turn < times; ++turn) result += text;
    return result;
}

std::string many_fields(int count) {
    std::string text = "{";
    for (int number = 0; number < count; ++number) {
        text += (number == 0 ? "" : ",") + ("\"f" + std::to_string(number) + "\":null");
    }
    return text + "}";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_fields_test)

BOOST_AUTO_TEST_CASE(what_is_not_json_is_refused) {
    for (const auto& text : {""s,
                             " "s,
                             "{"s,
                             "}"s,
                             "{a:\"b\"}"s,
                             "{'a':'b'}"s,
                             R"({"a":"b",})"s,
                             R"({"a":"b"}{})"s,
                             R"({"a":"b"} x)"s,
                             R"({"a" "b"})"s,
                             R"({"a":"b)"s,
                             R"({"a":"\x"})"s,
                             R"({"a":"\u12"})"s,
                             R"({"a":"b"/* */})"s,
                             "{\"a\":\"\n\"}"s,
                             R"({"a":tru})"s,
                             R"({"a":undefined})"s,
                             "a=b"s,
                             R"({"a":1e})"s,
                             "\xef\xbb\xbf"s}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(fault_of(text).status == 400);
        }
    }
}

BOOST_AUTO_TEST_CASE(only_an_object_has_fields) {
    for (const auto* text :
         {"[]", R"(["a"])", R"("a")", "1", "-1", "1.5", "true", "null", R"([{"a":"b"}])"}) {
        BOOST_TEST_CONTEXT(text) {
            const auto fault = fault_of(text);
            BOOST_TEST(fault.status == 400);
            BOOST_TEST(fault.detail == "The JSON must be an object of fields.");
        }
    }
}

BOOST_AUTO_TEST_CASE(a_value_that_is_no_text_is_refused_by_the_name_of_its_field) {
    for (const auto* value : {"1", "-1", "0", "1.5", "1e3", "18446744073709551616", "[]",
                              R"(["x"])", "{}", R"({"x":"y"})", "true", "false"}) {
        BOOST_TEST_CONTEXT(value) {
            const auto fault = fault_of("{\"email\":"s + value + "}");
            BOOST_TEST(fault.status == 422);
            BOOST_TEST(fault.field == "email");
        }
    }
    BOOST_TEST(fault_of(R"({"email":1e999999})").status == 400);
}

BOOST_AUTO_TEST_CASE(depth_costs_nothing) {
    BOOST_TEST(fault_of(repeat("[", 1000)).status == 400);
    BOOST_TEST(fault_of(repeat("{\"a\":", 1000)).status == 422);
    BOOST_TEST(fault_of(repeat("{\"a\":", 1000) + "1" + repeat("}", 1000)).status == 422);
    BOOST_TEST(fault_of("{\"a\":" + repeat("[", 60000)).status == 422);
}

BOOST_AUTO_TEST_CASE(a_key_that_stands_twice_is_refused) {
    for (const auto* text : {R"({"a":"1","a":"2"})", R"({"a":"1","\u0061":"2"})",
                             R"({"a":null,"a":"2"})", R"({"a":"1","b":"2","a":null})"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(fault_of(text).status == 400);
            BOOST_TEST(fault_of(text).detail == "The field \"a\" stands twice.");
        }
    }
}

BOOST_AUTO_TEST_CASE(nul_is_refused_in_every_disguise) {
    BOOST_TEST(fault_of(R"({"a":"x\u0000y"})").status == 400);
    BOOST_TEST(fault_of(R"({"a\u0000":"x"})").status == 400);
    BOOST_TEST(fault_of("{\"a\":\"x\0\"}"s).status == 400);
    BOOST_TEST(fault_of("{\"a\":\"x\"}\0 and what the parser does not see"s).status == 400);
    BOOST_TEST(fault_of("\0"s).status == 400);
}

BOOST_AUTO_TEST_CASE(text_that_is_not_utf_8_is_refused) {
    for (const auto* bytes : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xc3", "\xf4\x90\x80\x80",
                              "\\ud800", "\\udc00", "\\ud800\\u0041"}) {
        BOOST_TEST_CONTEXT(bytes) {
            BOOST_TEST(fault_of("{\"a\":\""s + bytes + "\"}").status == 400);
            BOOST_TEST(fault_of("{\""s + bytes + "\":\"a\"}").status == 400);
        }
    }
}

BOOST_AUTO_TEST_CASE(bounds_hold_to_the_byte) {
    BOOST_TEST(fault_of(many_fields(33)).status == 400);
    BOOST_TEST(fields_of(many_fields(32)).empty());
    BOOST_TEST(fault_of("{\"" + std::string(65, 'n') + "\":\"\"}").status == 400);
    BOOST_TEST(!fields_of("{\"" + std::string(64, 'n') + "\":\"\"}").empty());
    BOOST_TEST(fault_of("{\"\":\"x\"}").status == 400);
    const auto with_value = [](int size) { return "{\"a\":\"" + repeat("x", size) + "\"}"; };
    BOOST_TEST(fault_of(with_value(4097)).status == 422);
    BOOST_TEST(fields_of(with_value(4096)).get("a")->size() == 4096u);
    BOOST_TEST(fault_of("{}" + std::string((64 << 10) - 1, ' ')).status == 413);
    BOOST_TEST(fields_of("{}" + std::string((64 << 10) - 2, ' ')).empty());
}

BOOST_AUTO_TEST_CASE(a_fault_repeats_nothing_of_the_text) {
    for (const auto* text : {R"({"password":"hunter2)", R"({"password":"hunter2\x"})",
                             R"({"password":hunter2})", R"({"password":"hunter2\u0000"})"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(fault_of(text).status == 400);
            BOOST_TEST(fault_of(text).detail.find("hunter2") == std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(only_a_switch_may_be_true_or_false) {
    BOOST_TEST(fields_of(R"({"remember":true})").is_on("remember").value());
    BOOST_TEST(!fields_of(R"({"remember":false})").is_on("remember").value());
    BOOST_TEST(!fields_of(R"({"remember":null})").is_on("remember").value());
    BOOST_TEST(fields_of(R"({"remember":"yes"})").is_on("remember").value());
    BOOST_TEST(fault_of(R"({"remember":1})").status == 422);
    BOOST_TEST(fault_of(R"({"name":true})").field == "name");
    BOOST_TEST(fields_of(R"({"name":"true"})").get("name").value() == "true");
}

BOOST_AUTO_TEST_CASE(fields_are_read_as_they_are_written) {
    const auto fields = fields_of(
        " {\n\t\"email\" : \"a@b.example\",\r\n\"name\":null,"
        "\"password\":\"\\u00e9 \\ud83d\\ude00 \\\"\\\\\\/\\n\"} ");
    BOOST_TEST(fields.get("email").value() == "a@b.example");
    BOOST_TEST(!fields.has("name"));
    BOOST_TEST(fields.get("password").value() == "\u00e9 \U0001f600 \"\\/\n");
    BOOST_TEST(fields_of("{}").empty());
}

BOOST_AUTO_TEST_CASE(a_view_into_a_longer_text_is_not_left) {
    const std::string longer = R"({"a":"b"},{"c":"d"})";
    BOOST_TEST(fields_of(std::string_view(longer).substr(0, 9)).has("a"));
    BOOST_TEST(fault_of(std::string_view(longer).substr(0, 8)).status == 400);
}

BOOST_AUTO_TEST_SUITE_END()
