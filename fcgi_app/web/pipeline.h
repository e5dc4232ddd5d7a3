// What happens to every request, in this order, whatever its route; pipeline.cpp has the table of
// steps with the reason for each.
#pragma once

#include "accounts/domain.h"
#include "http/request.h"
#include "http/response.h"
#include "web/site.h"

namespace web {

// Never throws. Any thread; the domain is that thread's.
[[nodiscard]] http::Response run_pipeline(const Site& site, const http::Request& request,
                                          accounts::Domain& domain) noexcept;

}  // namespace web
