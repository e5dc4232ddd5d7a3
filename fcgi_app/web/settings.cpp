#include "web/settings.h"

#include "web/cookies.h"
#include "web/form.h"

namespace web {

http::Response change_settings(Visit& visit) {
    Form form(visit);
    const std::string_view theme = form.required("theme");
    if (!theme.empty() && !is_theme(theme)) form.refuse("theme", Word::unknown_theme);
    const auto return_to = form.return_to();
    if (!form.is_good()) return form.tell();
    const auto page = visit.signed_in ? base::Route::account : base::Route::login;
    const bool goes_back = return_to && !visit.json;
    http::Response response = goes_back ? http::see_other(*return_to) : done(visit, page);
    set_theme_cookie(visit, response, theme);
    return response;
}

}  // namespace web
