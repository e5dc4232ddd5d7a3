// The names of the addresses that Postern answers, and the only place that spells their paths.
//
// Links, redirects and form actions are made from a name: the web needs them, and so do the mails,
// which is why the names live here and the table of handlers in web/routes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace base {

enum class Route {
    account,
    register_,
    verify,
    verify_resend,
    login,
    logout,
    reset_password,
    reset_password_confirm,
    session,
    check,
    profile,
    password,
    sessions,
    sessions_end,
    settings,
    health,
    mailbox,
    metrics,
};
inline constexpr std::size_t route_count = 18;

// Below the mount, without a leading slash; the account page is the mount itself ("").
[[nodiscard]] std::string_view path_below_mount(Route route) noexcept;

// What logs and metrics call it: its path, and "account" for the account page.
[[nodiscard]] std::string_view word_for(Route route) noexcept;

// Where Postern is mounted on the site and how the site is called from outside.
class Addresses {
  public:
    // public_origin: "https://example.org", no slash at the end. base_path: "/account", or "" when
    // Postern has a host of its own.
    Addresses(std::string public_origin, std::string base_path);

    [[nodiscard]] std::string path(Route route) const;  // "/account/login"
    [[nodiscard]] std::string url(Route route) const;   // "https://example.org/account/login"
    [[nodiscard]] std::optional<Route> route_of(std::string_view path) const noexcept;

    // The style sheet and icon that nginx serves; their names change with their content.
    [[nodiscard]] std::string asset_path(std::string_view file) const;

    [[nodiscard]] const std::string& public_origin() const noexcept { return public_origin_; }
    [[nodiscard]] const std::string& base_path() const noexcept { return base_path_; }
    [[nodiscard]] bool secure() const noexcept { return public_origin_.starts_with("https:"); }

  private:
    std::string public_origin_;
    std::string base_path_;
};

}  // namespace base
