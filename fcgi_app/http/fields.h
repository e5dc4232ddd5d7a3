// The fields of a request: a query string, an HTML form or a JSON object read into the same flat
// list of names and texts, with every ambiguity refused.
//
// Refused, each with its own Fault: text over max_body_bytes (413), a field that stands twice or
// has no name, broken percent-encoding, a name or value that is not UTF-8 or holds a NUL, more than
// 32 fields, a name over 64 bytes (400), a value over 4 KiB (422); in JSON also anything but an
// object (400) and any value that is not a string, true, false or null (422): a number, a list, an
// object within. `null` counts as an absent field; true and false stand only for fields that are
// switches ("remember"; the list is in json_fields.cpp), as "true" and "false": for any other field
// they are refused, so that a text is always a text. All other bytes pass, line breaks included:
// whoever owns a field decides (base::clean_line).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/secret.h"
#include "http/request.h"

namespace http {

struct Fault {
    int status;          // 400, 413, 415, 422
    std::string detail;  // one sentence for the client; names the field, never repeats its value
    std::string field;   // the field at fault, or empty when it has no name of [a-z0-9_]
};

inline constexpr std::size_t max_body_bytes = std::size_t{64} * 1024;

// Values may be passwords, and so may names: a body that is no form at all is one long name. They
// are wiped with their owner, and at once when they are refused. (Not what nlohmann's parser has
// for itself while it reads JSON.)
class Fields {
  public:
    [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const noexcept;
    [[nodiscard]] bool has(std::string_view name) const noexcept { return get(name).has_value(); }
    // A switch: absent, "", "false", "off" and "0" are off; "true", "on", "1", "yes" are on;
    // nothing for any other text.
    [[nodiscard]] std::optional<bool> is_on(std::string_view name) const noexcept;
    [[nodiscard]] bool empty() const noexcept { return fields_.empty(); }

    // For the parsers and tests. False when the name is there already.
    bool add(std::string_view name, base::Secret value);

  private:
    std::vector<std::pair<base::Secret, base::Secret>> fields_;
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
