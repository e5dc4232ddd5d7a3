// Two decisions about where a request comes from and where an answer may lead. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.h"

namespace http {

// May this state-changing request pass? The rule of Go 1.25's net/http.CrossOriginProtection:
// Sec-Fetch-Site `same-origin` or `none` passes and any other value is refused whatever Origin
// says; without it Origin must equal public_origin; without both it is no browser and passes.
[[nodiscard]] bool is_same_site(const Request& request, std::string_view public_origin) noexcept;

// Where a visitor may be sent after signing in: a path on this site, or an absolute address on
// public_origin or on one of return_hosts ("host" or "host:port", with public_origin's scheme).
// Gives the same bytes, fit to stand in Location, or nothing: over 2,048 bytes, anything but
// visible ASCII, backslashes, user info, "//host", other schemes, dot segments, and any path that
// decodes (however often) to one of these. A query may hold what it likes in percent-encoding, also
// a whole address.
[[nodiscard]] std::optional<std::string> safe_return_address(
    std::string_view text, std::string_view public_origin,
    const std::vector<std::string>& return_hosts);

}  // namespace http
