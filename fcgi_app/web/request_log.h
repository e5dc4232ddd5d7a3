// What the log, the metrics and, where it is asked for, the visitor's browser are told of a request
// that was answered: nginx's access log has every one, ours the slow and the failed ones, and all
// at level "debug".
#pragma once

#include <string_view>

#include "http/response.h"
#include "web/visit.h"

namespace web {

// A fault of ours; the cause names no value.
void log_failure(const Visit& visit, int status, std::string_view cause);

// Counts it, logs it where it was slow, and adds Server-Timing where the settings say so.
void account_for(const Visit& visit, http::Response& response);

}  // namespace web
