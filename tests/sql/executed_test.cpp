// Every query was executed by some test. Only after a run of all tests: ctest puts it last.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "sql.h"
#include "support/skip.h"

BOOST_AUTO_TEST_SUITE(executed_test)

BOOST_AUTO_TEST_CASE(every_query_was_executed_by_some_test) {
    const char* const ledgers = std::getenv("POSTERN_QUERY_LEDGERS");
    if (ledgers == nullptr) {
        support::skip("only ctest knows what the other programs executed");
        return;
    }
    std::set<std::string> executed;
    for (const auto& ledger : std::filesystem::directory_iterator(ledgers)) {
        std::ifstream names(ledger.path());
        for (std::string name; std::getline(names, name);) executed.insert(name);
    }
    for (const auto& query : sql::all)
        BOOST_TEST(executed.contains(query.name), query.name << " was executed by no test");
}

BOOST_AUTO_TEST_SUITE_END()
