// THE table of what the web answers: each address and method, who may, in which lane, by whom.
//
// Not in the table, not answered: an address that is missing is 404, a method that is missing 405,
// a row that does not say who may lets nobody in. Matching touches no database.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/routes.h"
#include "http/request.h"
#include "http/response.h"

namespace web {

struct Visit;

// May throw; the pipeline's error boundary answers then.
using Handler = http::Response (*)(Visit& visit);

enum class Access : std::uint8_t { nobody, anyone, signed_in };

// What an answer depends on besides address and fields. Decides which steps have work to do, and
// what Vary says.
enum Dependence : unsigned {
    on_nothing = 0,
    on_format = 1,         // JSON or a page, as the request wants it; without this bit JSON always
    on_session = 2,        // who is signed in: the session is read
    on_theme = 4,          // the cookie with the visitor's settings
    on_claim = 8,          // the cookie of the browser that asked for a registration
    on_two_sessions = 16,  // two session cookies are not refused: nobody is signed in by them, and
                           // the handler shows the way to sign in again
};
inline constexpr unsigned on_page = on_format | on_session | on_theme;  // every page shows these

struct RouteRow {
    base::Route route;
    http::Method method;  // get, which answers HEAD too, or post
    Handler handler;
    Access access = Access::nobody;
    unsigned depends = on_nothing;
    http::Lane lane = http::Lane::quick;
    std::array<std::string_view, 4> fields{};  // what the handler reads; unused places are empty
    bool queues_mail = false;                  // perhaps: after a success the notifier is woken
};

[[nodiscard]] std::span<const RouteRow> all_routes() noexcept;

// Nothing when the route has no such method. HEAD finds the row of GET.
[[nodiscard]] const RouteRow* find_row(base::Route route, http::Method method) noexcept;

// The value of Allow: "GET, HEAD, POST".
[[nodiscard]] std::string allowed_methods(base::Route route);

}  // namespace web
