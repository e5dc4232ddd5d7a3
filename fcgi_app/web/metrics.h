// metrics: what the pool counts, for the Prometheus of the same machine.
#pragma once

#include "http/response.h"
#include "web/visit.h"

namespace web {

// 200 the text format 0.0.4, when nginx's location for metrics asks (Request::metrics); there is no
// such address for anybody else: 404.
[[nodiscard]] http::Response tell_metrics(Visit& visit);

}  // namespace web
