// password: changing it while signed in.
#pragma once

#include "http/response.h"
#include "web/visit.h"

namespace web {

[[nodiscard]] http::Response show_password(Visit& visit);

// current_password, password: 204, or 303 to the account. A wrong current password is 422 at its
// field: 401 would say that the session is not good, and it is. 429 after too many of them.
[[nodiscard]] http::Response change_password(Visit& visit);

}  // namespace web
