#include "web/password_change.h"

#include "accounts/password_change.h"
#include "web/form.h"

namespace web {
namespace {

Model password_model(const Visit& visit) {
    Model model;
    model.set("EMAIL", visit.signed_in->account.email);
    return model;
}

}  // namespace

http::Response show_password(Visit& visit) {
    return show_form(visit, Page::password, password_model(visit));
}

http::Response change_password(Visit& visit) {
    Form form(visit);
    const std::string_view current = form.required("current_password");
    const std::string_view wanted = form.required("password");
    if (!form.is_good()) return form.show_again(Page::password, password_model(visit));
    const auto result = accounts::change_password(visit.domain, *visit.signed_in,
                                                  visit.request.client, current, wanted);
    if (const auto* throttled = std::get_if<accounts::Throttled>(&result)) {
        return form.show_throttled(Page::password, password_model(visit), *throttled);
    }
    if (const auto* flaw = std::get_if<accounts::PasswordFlaw>(&result)) {
        form.refuse_password(*flaw);
    } else if (std::get<accounts::PasswordChange>(result) != accounts::PasswordChange::done) {
        form.refuse("current_password", Word::wrong_password);
    }
    if (!form.is_good()) return form.show_again(Page::password, password_model(visit));
    return done(visit, base::Route::account, "password-changed");
}

}  // namespace web
