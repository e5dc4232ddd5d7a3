#include "web/routes.h"

#include <algorithm>

#include "web/account_page.h"
#include "web/health.h"
#include "web/mailbox.h"
#include "web/metrics.h"
#include "web/password_change.h"
#include "web/password_reset.h"
#include "web/registration.h"
#include "web/session_check.h"
#include "web/settings.h"
#include "web/sign_in.h"

namespace web {
namespace {

using base::Route;
using enum Access;
constexpr auto get = http::Method::get;
constexpr auto post = http::Method::post;
constexpr auto quick = http::Lane::quick;
constexpr auto hashing = http::Lane::hashing;

// clang-format off
constexpr std::array table{
    RouteRow{Route::account, get, show_account, signed_in, on_page, quick, {"notice"}},
    RouteRow{Route::profile, post, change_profile, signed_in, on_page, quick, {"name"}},
    RouteRow{Route::sessions, get, show_sessions, signed_in, on_page, quick},
    RouteRow{Route::sessions_end, post, end_sessions, signed_in, on_page, quick, {"id", "all"}},
    RouteRow{Route::password, get, show_password, signed_in, on_page, quick},
    RouteRow{Route::password, post, change_password, signed_in, on_page, hashing, {"current_password", "password"}, true},

    RouteRow{Route::register_, get, show_register, anyone, on_page, quick},
    RouteRow{Route::register_, post, register_visitor, anyone, on_page, quick, {"email", "name"}, true},
    RouteRow{Route::verify, get, show_verify, anyone, on_page | on_claim, quick, {"token", "notice"}},
    RouteRow{Route::verify, post, verify, anyone, on_page | on_claim, hashing, {"token", "code", "password"}},
    RouteRow{Route::verify_resend, post, resend_verify, anyone, on_page | on_claim, quick, {}, true},

    RouteRow{Route::login, get, show_login, anyone, on_page | on_two_sessions, quick, {"return_to", "notice"}},
    RouteRow{Route::login, post, log_in, anyone, on_page, hashing, {"email", "password", "remember", "return_to"}, true},
    RouteRow{Route::logout, get, show_logout, anyone, on_page, quick},
    RouteRow{Route::logout, post, log_out, anyone, on_page, quick},

    RouteRow{Route::reset_password, get, show_reset, anyone, on_page, quick, {"notice"}},
    RouteRow{Route::reset_password, post, request_reset, anyone, on_page, quick, {"email"}, true},
    RouteRow{Route::reset_password_confirm, get, show_reset_confirm, anyone, on_page, quick, {"token"}},
    RouteRow{Route::reset_password_confirm, post, confirm_reset, anyone, on_page, hashing, {"token", "password"}, true},

    RouteRow{Route::session, get, tell_session, signed_in, on_session, quick},
    RouteRow{Route::check, get, check_session, anyone, on_session | on_two_sessions, quick},
    RouteRow{Route::settings, post, change_settings, anyone, on_page, quick, {"theme", "return_to"}},
    RouteRow{Route::health, get, tell_health, anyone, on_nothing, quick},
    RouteRow{Route::metrics, get, tell_metrics, anyone, on_nothing, quick},
    RouteRow{Route::mailbox, get, show_mailbox, anyone, on_page, quick},
};
// clang-format on

static_assert(std::ranges::all_of(table, [](const RouteRow& row) {
    return row.access != signed_in || (row.depends & on_session) != 0;
}));

}  // namespace

std::span<const RouteRow> all_routes() noexcept {
    return table;
}

const RouteRow* find_row(base::Route route, http::Method method) noexcept {
    if (method == http::Method::head) method = get;
    const auto found = std::ranges::find_if(
        table, [&](const RouteRow& row) { return row.route == route && row.method == method; });
    return found == table.end() ? nullptr : &*found;
}

std::string allowed_methods(base::Route route) {
    std::string allowed;
    if (find_row(route, get) != nullptr) allowed = "GET, HEAD";
    if (find_row(route, post) != nullptr) allowed.append(allowed.empty() ? "POST" : ", POST");
    return allowed;
}

}  // namespace web
