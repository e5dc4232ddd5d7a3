// The FastCGI parameters that nginx/snippets/postern-fastcgi.conf sets, as a Request. No other
// parameter is looked at: what a client sends as a header cannot become anything here by its name.
#pragma once

#include <cstddef>

#include "http/request.h"

namespace fcgi {

enum class ParameterFault {
    none,
    repeated,        // one of ours stands twice: nginx did not make this request
    content_length,  // not a number
};

struct Parameters {
    http::Request request;  // without lane and body
    std::size_t content_length = 0;
    ParameterFault fault = ParameterFault::none;
};

// envp: "NAME=value" strings, ended by a null pointer; copied.
[[nodiscard]] Parameters read_parameters(const char* const* envp);

}  // namespace fcgi
