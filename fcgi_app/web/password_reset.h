// reset-password and reset-password/confirm: a new password with a link from a mail.
//
// Asking answers alike for every address: same status, bytes, headers and work.
#pragma once

#include "http/response.h"
#include "web/visit.h"

namespace web {

[[nodiscard]] http::Response show_reset(Visit& visit);

// email: 202, or 303 to the page that says where to look; 422.
[[nodiscard]] http::Response request_reset(Visit& visit);

// token: 200 the form, 422 for a dead one. Changes nothing.
[[nodiscard]] http::Response show_reset_confirm(Visit& visit);

// token, password: 204, or 303 to the login; 422. Does not sign in.
[[nodiscard]] http::Response confirm_reset(Visit& visit);

}  // namespace web
