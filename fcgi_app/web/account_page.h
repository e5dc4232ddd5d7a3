// The account page, and what is done from it: the name, the list of sign-ins, ending them.
#pragma once

#include "http/response.h"
#include "web/visit.h"

namespace web {

// 200 the page; in JSON the same as session.
[[nodiscard]] http::Response show_account(Visit& visit);

// name: 204, or 303 to the account. Empty: no name.
[[nodiscard]] http::Response change_profile(Visit& visit);

// {"sessions":[{"id","current","created_at","last_seen_at","client","agent"}]}, the newest use
// first; as a page the account page, which lists them.
[[nodiscard]] http::Response show_sessions(Visit& visit);

// id, or all=others: 204, or 303 to the account; 404 for an id that is not one of the visitor's.
// The id of this very session: as logout.
[[nodiscard]] http::Response end_sessions(Visit& visit);

}  // namespace web
