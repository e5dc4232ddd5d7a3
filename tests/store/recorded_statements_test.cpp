// A thread that wants to know learns which statements ran for it.
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "base/statement_times.h"
#include "store/scratch.h"
#include "store/writer.h"

using base::Recording;
using base::StatementTimes;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> names_in(const StatementTimes& times) {
    std::vector<std::string> names;
    for (const auto& time : times.all()) names.emplace_back(time.name);
    return names;
}

std::chrono::nanoseconds span_of(const StatementTimes& times, std::string_view name) {
    for (const auto& time : times.all()) {
        if (time.name == name) return time.span;
    }
    return {};
}

struct Fixture : scratch::Fixture {
    store::Database db{database};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(recorded_statements_test, Fixture)

BOOST_AUTO_TEST_CASE(nobody_asks_and_nothing_is_noted) {
    StatementTimes times;
    { const Recording ended(times); }
    scratch::add_word(db, "one");
    BOOST_TEST(times.all().empty());
    BOOST_TEST((Recording::of_this_thread() == nullptr));
}

BOOST_AUTO_TEST_CASE(another_threads_statements_are_not_mine) {
    StatementTimes times;
    const Recording recording(times);
    std::thread([this] { scratch::add_word(db, "one"); }).join();
    BOOST_TEST(times.all().empty());
}

BOOST_AUTO_TEST_CASE(a_query_is_there_with_its_name_and_time) {
    StatementTimes times;
    const Recording recording(times);
    {
        auto rows = db.read(scratch::list);
        std::this_thread::sleep_for(2ms);  // what is done with the rows is in it
    }
    BOOST_TEST((names_in(times) == std::vector<std::string>{scratch::list.name}));
    BOOST_TEST((times.sum() >= 2ms));
}

BOOST_AUTO_TEST_CASE(what_a_writer_does_for_me_is_mine_and_the_rest_of_the_wait_has_a_name) {
    store::Writer writer(database);
    StatementTimes times;
    const Recording recording(times);
    writer.run([](store::Transaction& transaction) {
        transaction.run(scratch::append, "one");
        transaction.run(scratch::append, "two");
    });
    BOOST_TEST((names_in(times) == std::vector<std::string>{scratch::append.name, "writer"}));
    BOOST_TEST((span_of(times, "writer") > 0ns));
}

BOOST_AUTO_TEST_CASE(what_failed_is_there_too) {
    store::Writer writer(database);
    StatementTimes times;
    const Recording recording(times);
    BOOST_CHECK_THROW(writer.run([](store::Transaction& transaction) {
        transaction.run(scratch::append, "one");
        throw std::runtime_error("changed my mind");
    }),
                      std::runtime_error);
    BOOST_TEST((names_in(times) == std::vector<std::string>{scratch::append.name, "writer"}));
}

BOOST_AUTO_TEST_SUITE_END()
