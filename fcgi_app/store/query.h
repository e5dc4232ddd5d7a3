// One SQL statement of sql/queries/, as the build embeds it: sql::<table>::<name> in the generated
// sql.h.
#pragma once

#include <cstddef>

namespace store {

struct Query {
    const char* name;  // "session.find": for logs and the test that every query was executed
    const char* text;  // values are $1, $2, … in the order in which read() and run() are given them
    std::size_t index;  // dense, unique
};

}  // namespace store
