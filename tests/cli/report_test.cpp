#include "cli/report.h"

#include <boost/test/unit_test.hpp>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace {

using cli::Format;

// What goes to standard output in its life.
class Captured {
  public:
    Captured() : before_(std::cout.rdbuf(text_.rdbuf())) {}
    ~Captured() { std::cout.rdbuf(before_); }
    Captured(const Captured&) = delete;
    Captured& operator=(const Captured&) = delete;
    [[nodiscard]] std::string text() const { return text_.str(); }

  private:
    std::ostringstream text_;
    std::streambuf* before_;
};

std::string listed(Format format, const std::vector<std::vector<cli::Cell>>& rows) {
    const Captured captured;
    {
        cli::Listing listing(format, "things", {"first_name", "last"});
        for (const auto& row : rows) listing.add(row);
    }
    return captured.text();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(report_test)

BOOST_AUTO_TEST_CASE(what_could_steer_a_terminal_is_not_shown_as_it_is) {
    const std::string evil = "a\x1b]0;x\x07\n\xc2\x9b\xff";
    const std::string text = listed(Format::text, {{evil, "\xe2\x80\xae right to left"}});
    for (const char byte : {'\x1b', '\x07', '\x9b', '\xff', '\x80'}) {
        BOOST_TEST(text.find(byte) == std::string::npos);
    }
    BOOST_TEST(text.find("a?]0;x????") != std::string::npos);
    const auto json = nlohmann::json::parse(listed(Format::json, {{evil, 1}}));
    BOOST_TEST(json["things"][0]["first_name"].get<std::string>().starts_with("a\x1b]0;x\x07\n"));
}

BOOST_AUTO_TEST_CASE(a_table_is_aligned_by_characters) {
    BOOST_TEST(listed(Format::text, {{"Zo\xc3\xab", true}, {"Adamantine", nullptr}}) ==
               "first name  last\n"
               "Zo\xc3\xab         yes\n"
               "Adamantine  -\n");
}

BOOST_AUTO_TEST_CASE(a_list_is_one_json_document_also_when_it_is_empty_or_long) {
    BOOST_TEST(nlohmann::json::parse(listed(Format::json, {}))["things"].empty());
    const std::vector<std::vector<cli::Cell>> rows(1'234, {"a", std::int64_t{1}});
    const auto json = nlohmann::json::parse(listed(Format::json, rows));
    BOOST_TEST(json["things"].size() == rows.size());
    const std::string text = listed(Format::text, rows);
    BOOST_TEST(static_cast<std::size_t>(std::ranges::count(text, '\n')) == rows.size() + 1);
}

BOOST_AUTO_TEST_CASE(a_record_is_lines_or_an_object_with_its_types) {
    const cli::Record record{{"id", cli::id_cell(7)},
                             {"created_at", cli::time_cell(0)},
                             {"roles", std::vector<std::string>{"a", "b"}},
                             {"none", std::vector<std::string>{}}};
    {
        const Captured captured;
        print(Format::text, record);
        BOOST_TEST(captured.text() ==
                   "id:         7\n"
                   "created at: 1970-01-01T00:00:00Z\n"
                   "roles:      a,b\n"
                   "none:       -\n");
    }
    const Captured captured;
    print(Format::json, record);
    BOOST_TEST(captured.text() ==
               "{\"id\":\"7\",\"created_at\":\"1970-01-01T00:00:00Z\",\"roles\":[\"a\",\"b\"],"
               "\"none\":[]}\n");
}

BOOST_AUTO_TEST_SUITE_END()
