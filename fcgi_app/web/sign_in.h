// login and logout.
#pragma once

#include "http/response.h"
#include "web/visit.h"

namespace web {

// return_to?: 200 the form. An address that we would not send anyone to is dropped.
[[nodiscard]] http::Response show_login(Visit& visit);

// email, password, remember?, return_to?: 200 with the session and its cookie, or 303 to return_to
// or the account; 401 in one wording for every reason; 422 for a field that is missing or unsafe;
// 429 with Retry-After when too many failed before, whatever the password. 401 and 429 leave at one
// fixed moment (accounts/pace.h).
[[nodiscard]] http::Response log_in(Visit& visit);

[[nodiscard]] http::Response show_logout(Visit& visit);

// 204, or 303 to the login; without a session too. Ends this sign-in and nothing else: other
// cookies, the theme among them, stay as they are.
[[nodiscard]] http::Response log_out(Visit& visit);

}  // namespace web
