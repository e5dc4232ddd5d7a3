// register, verify, verify/resend: a claim, proven by the link or the code of a mail, becomes an
// account.
//
// Registering answers alike for every address: same status, bytes, headers but for the random value
// of the cookie postern-claim, and same work.
#pragma once

#include "http/response.h"
#include "web/visit.h"

namespace web {

// 200 the form; 403 while registration is closed.
[[nodiscard]] http::Response show_register(Visit& visit);

// email, name?: 202, or 303 to verify; 403 closed; 422.
[[nodiscard]] http::Response register_visitor(Visit& visit);

// With token: 200 the form to choose a password, 422 for a dead one. Without: 200 the form for the
// code, for the browser that asked, and what became of its mail; in JSON
//   "mail":{"state":"waiting","next_try_at":"2026-02-28T23:59:00Z"},"resend_at":"…"
// with state queued, waiting (without next_try_at while the relay is in trouble), accepted (with
// accepted_at), refused, expired or withheld; absent in any other browser. Changes nothing; mail
// scanners fetch links.
[[nodiscard]] http::Response show_verify(Visit& visit);

// token, or code in the browser that asked; password: 201 with the session, or 303 to the account;
// 422 for what is wrong, the link still good unless it says so.
[[nodiscard]] http::Response verify(Visit& visit);

// 202, or 303 to verify; 429 with Retry-After during the cool-down; 422 in another browser.
[[nodiscard]] http::Response resend_verify(Visit& visit);

}  // namespace web
