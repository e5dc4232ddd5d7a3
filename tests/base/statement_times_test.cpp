#include "base/statement_times.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using base::StatementTimes;
using namespace std::chrono_literals;

namespace {

std::chrono::nanoseconds span_of(const StatementTimes& times, std::string_view name) {
    for (const auto& time : times.all()) {
        if (time.name == name) return time.span;
    }
    return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(statement_times_test)

BOOST_AUTO_TEST_CASE(a_statement_that_runs_again_is_one_that_took_longer) {
    StatementTimes times;
    times.add("a", 2ms);
    times.add("b", 1ms);
    times.add("a", 3ms);
    BOOST_TEST(times.all().size() == 2U);
    BOOST_TEST((span_of(times, "a") == 5ms));
    BOOST_TEST((times.sum() == 6ms));
}

BOOST_AUTO_TEST_CASE(more_names_than_there_is_room_for_are_left_out) {
    std::vector<std::string> names;
    for (int i = 0; i < 100; ++i) names.push_back(std::to_string(i));
    StatementTimes times;
    for (const std::string& name : names) times.add(name, 1ms);
    times.add("0", 1ms);
    BOOST_TEST(times.all().size() < 100U);
    BOOST_TEST((span_of(times, "0") == 2ms));
}

BOOST_AUTO_TEST_SUITE_END()
