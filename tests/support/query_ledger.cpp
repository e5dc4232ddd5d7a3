// Writes which queries of sql/queries/ this test program executed to $POSTERN_QUERY_LEDGER, one
// name a line; tests/sql/executed_test.cpp adds the ledgers of all programs up.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>

#include "sql.h"
#include "store/database.h"

namespace {

struct QueryLedger {
    QueryLedger() { std::ofstream{file()}; }  // what an earlier run wrote counts no more
    ~QueryLedger() {
        std::ofstream out(file());
        for (const auto& query : sql::all)
            if (store::times_run(query) > 0) out << query.name << '\n';
    }
    static const char* file() {
        const char* const name = std::getenv("POSTERN_QUERY_LEDGER");
        return name == nullptr ? "/dev/null" : name;
    }
};

}  // namespace
BOOST_TEST_GLOBAL_FIXTURE(QueryLedger);
