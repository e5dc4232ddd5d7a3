#include "web/password_reset.h"

#include "accounts/password_reset.h"
#include "web/form.h"

namespace web {
namespace {

constexpr std::string_view sent = "sent";

}  // namespace

http::Response show_reset(Visit& visit) {
    const bool was_sent = visit.field("notice") == sent;
    return show_form(visit, was_sent ? Page::reset_password_sent : Page::reset_password);
}

http::Response request_reset(Visit& visit) {
    Form form(visit);
    const auto email = form.email();
    if (!form.is_good()) return form.show_again(Page::reset_password);
    accounts::request_reset(visit.domain, *email, visit.device());
    return accepted(visit, base::Route::reset_password, sent);
}

http::Response show_reset_confirm(Visit& visit) {
    const std::string_view token = visit.field("token");
    if (!accounts::is_live_reset(visit.domain, token)) {
        return refuse_dead(visit, "token", Page::reset_password_dead);
    }
    return show_form(visit, Page::reset_password_confirm, Model().set("TOKEN", token));
}

http::Response confirm_reset(Visit& visit) {
    Form form(visit);
    const std::string_view token = visit.field("token");
    if (token.empty()) return refuse_dead(visit, "token", Page::reset_password_dead);
    const std::string_view password = form.required("password");
    if (!form.is_good()) return form.show_again(Page::reset_password_confirm);
    const accounts::ResetResult result =
        accounts::confirm_reset(visit.domain, token, password, visit.request.client);
    if (const auto* flaw = std::get_if<accounts::PasswordFlaw>(&result)) {
        form.refuse_password(*flaw);
        return form.show_again(Page::reset_password_confirm);
    }
    const bool is_dead = std::get<accounts::ResetOutcome>(result) == accounts::ResetOutcome::dead;
    return is_dead ? refuse_dead(visit, "token", Page::reset_password_dead)
                   : done(visit, base::Route::login, "password-set");
}

}  // namespace web
