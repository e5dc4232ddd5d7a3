// The cookies that Postern sets: their names, how long they stay, and what they say.
//
//   __Host-postern     who is signed in; HttpOnly, Path=/. On plain http (development): postern.
//                      With settings.cookie_domain: __Secure-postern with that Domain.
//   postern-claim      the browser that asked for a registration and may type its code
//   postern-settings   the theme ("theme=dark"), with or without a sign-in; Path=/, so that the
//                      site around Postern can follow it
#pragma once

#include <string_view>

#include "accounts/registration.h"
#include "accounts/session.h"
#include "http/request.h"
#include "http/response.h"
#include "web/visit.h"

namespace web {

[[nodiscard]] std::string_view session_cookie_name(const Settings& settings) noexcept;

[[nodiscard]] http::CookieValue session_cookie_of(const Visit& visit) noexcept;
[[nodiscard]] http::CookieValue claim_cookie_of(const Visit& visit) noexcept;

// "auto" when the cookie is missing or says nothing that is a theme.
[[nodiscard]] std::string_view theme_of(const Visit& visit) noexcept;
[[nodiscard]] bool is_theme(std::string_view text) noexcept;

void set_session_cookie(const Visit& visit, http::Response& response,
                        const accounts::NewSession& session);
void delete_session_cookie(const Visit& visit, http::Response& response);
// Every copy that a browser may have sent with this request: the name may stand there for other
// paths or for the domain, too.
void forget_session_cookies(const Visit& visit, http::Response& response);
void set_claim_cookie(const Visit& visit, http::Response& response,
                      const accounts::ClaimTicket& ticket);
void delete_claim_cookie(const Visit& visit, http::Response& response);
void set_theme_cookie(const Visit& visit, http::Response& response, std::string_view theme);

}  // namespace web
