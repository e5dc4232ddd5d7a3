// mailbox: the held mails of a development machine; everywhere else there is no such address.
#pragma once

#include "http/response.h"
#include "web/visit.h"

namespace web {

// 200 the page, or {"mails":[{"id","created_at","recipient","subject","text","link"}]}; 404 where
// mail is not held.
[[nodiscard]] http::Response show_mailbox(Visit& visit);

}  // namespace web
