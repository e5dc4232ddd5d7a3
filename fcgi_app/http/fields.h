// The fields of a request: a query string, an HTML form or a JSON object read into the same flat
// list of names and texts, with every ambiguity refused.
//
// Refused, each with its own Fault: a field that stands twice, broken percent-encoding, text that
// is not UTF-8 or holds a NUL, more than 32 fields, a name over 64 bytes, a value over 4 KiB; in
// JSON also any value that is not a string, true, false or null, a duplicate key, more than 8
// levels. `null` counts as an absent field; true and false stand only for fields that are switches
// ("remember"), as "true" and "false".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "http/request.h"

namespace http {

struct Fault {
    int status;          // 400, 413, 415, 422
    std::string detail;  // one sentence for the client; names the field, never repeats its value
    std::string field;   // the field at fault, or empty
};

class Fields {
  public:
    Fields() = default;
    [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const noexcept;
    [[nodiscard]] bool has(std::string_view name) const noexcept { return get(name).has_value(); }
    // A switch: absent, "", "false", "off" and "0" are off; "true", "on", "1", "yes" are on;
    // nothing for any other text.
    [[nodiscard]] std::optional<bool> is_on(std::string_view name) const noexcept;
    [[nodiscard]] bool empty() const noexcept { return fields_.empty(); }

    // For the parsers and tests. False when the name is there already.
    bool add(std::string name, std::string value);

    // Values may be passwords: they are wiped.
    ~Fields();
    Fields(const Fields&) = delete;
    Fields& operator=(const Fields&) = delete;
    Fields(Fields&&) noexcept = default;
    Fields& operator=(Fields&&) noexcept = default;

  private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

using ParsedFields = std::variant<Fields, Fault>;

[[nodiscard]] ParsedFields parse_urlencoded(std::string_view text);
[[nodiscard]] ParsedFields parse_json(std::string_view text);

// The body by its Content-Type: form or JSON; an empty body needs none; 415 for any other.
[[nodiscard]] ParsedFields parse_body(const Request& request);
[[nodiscard]] ParsedFields parse_query(const Request& request);

// Percent-encodes everything but unreserved characters (RFC 3986 section 2.3).
[[nodiscard]] std::string percent_encode(std::string_view text);
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

}  // namespace http
