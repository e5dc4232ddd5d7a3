#include "base/routes.h"

#include <array>
#include <utility>

namespace base {
namespace {

struct Entry {
    Route route;
    std::string_view path;
};

constexpr std::array entries{
    Entry{Route::account, ""},
    Entry{Route::register_, "register"},
    Entry{Route::verify, "verify"},
    Entry{Route::verify_resend, "verify/resend"},
    Entry{Route::login, "login"},
    Entry{Route::logout, "logout"},
    Entry{Route::reset_password, "reset-password"},
    Entry{Route::reset_password_confirm, "reset-password/confirm"},
    Entry{Route::session, "session"},
    Entry{Route::check, "check"},
    Entry{Route::profile, "profile"},
    Entry{Route::password, "password"},
    Entry{Route::sessions, "sessions"},
    Entry{Route::sessions_end, "sessions/end"},
    Entry{Route::settings, "settings"},
    Entry{Route::health, "health"},
    Entry{Route::mailbox, "mailbox"},
    Entry{Route::metrics, "metrics"},
};
static_assert(entries.size() == route_count);

}  // namespace

std::string_view path_below_mount(Route route) noexcept {
    for (const Entry& entry : entries) {
        if (entry.route == route) return entry.path;
    }
    return "";
}

std::string_view word_for(Route route) noexcept {
    const std::string_view path = path_below_mount(route);
    return path.empty() ? "account" : path;
}

Addresses::Addresses(std::string public_origin, std::string base_path)
    : public_origin_(std::move(public_origin)), base_path_(std::move(base_path)) {}

std::string Addresses::path(Route route) const {
    return (base_path_ + "/").append(path_below_mount(route));
}

std::string Addresses::url(Route route) const {
    return public_origin_ + path(route);
}

std::optional<Route> Addresses::route_of(std::string_view path) const noexcept {
    if (!path.starts_with(base_path_)) return std::nullopt;
    path.remove_prefix(base_path_.size());
    if (path.empty() || path.front() != '/') return std::nullopt;
    path.remove_prefix(1);
    for (const Entry& entry : entries) {
        if (entry.path == path) return entry.route;
    }
    return std::nullopt;
}

std::string Addresses::asset_path(std::string_view file) const {
    return (base_path_ + "/assets/").append(file);
}

}  // namespace base
