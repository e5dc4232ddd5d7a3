// An answer that says what was wrong: problem+json (RFC 9457) or the page "error".
//
//   {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"…",
//    "request_id":"…","errors":[{"field":"email","code":"required","detail":"…"}]}
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "http/fields.h"
#include "http/response.h"
#include "web/visit.h"
#include "web/words.h"

namespace web {

struct FieldError {
    std::string field;
    std::string code;
    std::string text;
};

struct Problem {
    int status = 500;
    std::string detail;
    std::vector<FieldError> errors;
    std::optional<base::Seconds> retry_after;
};

// As the visit wants it. Throws std::bad_alloc and what rendering a page throws.
[[nodiscard]] http::Response answer(const Visit& visit, const Problem& problem);
[[nodiscard]] http::Response answer(const Visit& visit, int status, Word word);
[[nodiscard]] http::Response answer(const Visit& visit, const http::Fault& fault);

[[nodiscard]] http::Response answer_json(const Visit& visit, const Problem& problem);

}  // namespace web
