// health: can this worker read its database?
#pragma once

#include "http/response.h"
#include "web/visit.h"

namespace web {

// 200 {"status":"ok"} after a real read; a storage that fails is the error boundary's 503.
[[nodiscard]] http::Response tell_health(Visit& visit);

}  // namespace web
