// The metrics page: what the pool has counted, and what is looked up when it is asked for.
#pragma once

#include <string>

#include "base/clock.h"
#include "store/database.h"

namespace cli {

// Prometheus' text format 0.0.4. Costs some milliseconds at most, however many sessions and mails
// there are. Throws store::Error. On the database's thread.
[[nodiscard]] std::string metrics_page(store::Database& database, const base::Clock& clock);

}  // namespace cli
