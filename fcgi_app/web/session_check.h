// session and check: who is signed in, for scripts and for nginx (auth_request). The hot path: no
// template, one read.
#pragma once

#include <string>

#include "accounts/session.h"
#include "http/response.h"
#include "web/visit.h"

namespace web {

// {"account":{"id":"…","email":"…","name":null,"roles":[…]},
//  "session":{"created_at":"…","expires_at":"…"}}; ids are strings, times RFC 3339 in UTC.
[[nodiscard]] std::string session_json(const accounts::SignedIn& signed_in);

[[nodiscard]] http::Response tell_session(Visit& visit);

// 204 with
//   Remote-User    the account's id: the only one of these that never changes
//   Remote-Email   its address, as stored
//   Remote-Name    percent-encoded UTF-8 (RFC 3986), because a header is ASCII; empty without one
//   Remote-Groups  its roles, sorted, with commas
// 401 with Postern-Login: the absolute address of the login, with return_to when nginx told us an
// address that we would send a visitor to. 401 as well with two session cookies, because nginx
// could tell a 400 only as a fault of ours; the login says what happened. 403 without the role that
// the location requires.
[[nodiscard]] http::Response check_session(Visit& visit);

}  // namespace web
