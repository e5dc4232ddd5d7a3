// settings: what a browser likes, kept in a cookie of its own, with or without a sign-in.
#pragma once

#include "http/response.h"
#include "web/visit.h"

namespace web {

// theme (auto, light, dark), return_to?: 204, or 303 to where the visitor was; 422.
[[nodiscard]] http::Response change_settings(Visit& visit);

}  // namespace web
