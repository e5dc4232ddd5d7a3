#include "web/sign_in.h"

#include "accounts/pace.h"
#include "accounts/sign_in.h"
#include "base/secret.h"
#include "web/cookies.h"
#include "web/form.h"
#include "web/session_check.h"

namespace web {
namespace {

Model login_model(const std::optional<std::string>& return_to, bool remember) {
    Model model;
    if (return_to) model.set("RETURN_TO", *return_to);
    if (remember) model.show("REMEMBER");
    return model;
}

http::Response let_in(const Visit& visit, const accounts::NewSession& session,
                      const std::optional<std::string>& return_to) {
    http::Response response;
    if (visit.json) {
        response = http::json(200, session_json(session.signed_in));
    } else if (return_to) {
        response = http::see_other(*return_to);
    } else {
        response = redirect_to(visit, base::Route::account);
    }
    set_session_cookie(visit, response, session);
    return response;
}

http::Response refuse(const Form& form, Model model, const accounts::SignInResult& result) {
    if (const auto* throttled = std::get_if<accounts::Throttled>(&result)) {
        return form.show_throttled(Page::login, std::move(model), *throttled);
    }
    return form.show_again(Page::login, std::move(model), 401, Word::sign_in_refused);
}

// Two cookies were sent: the form, and the browser forgets both.
http::Response sign_in_again(const Visit& visit, Model model) {
    model.show("NOTICE_TWO_COOKIES");
    http::Response response = visit.json ? answer(visit, 400, Word::two_cookies)
                                         : show_page(visit, 400, Page::login, std::move(model));
    forget_session_cookies(visit, response);
    return response;
}

// A core that was busy for longer wakes up a little sooner, by a tenth of a millisecond. Chance
// drowns that.
std::chrono::steady_clock::time_point refusal_moment(const Visit& visit) {
    constexpr std::uint32_t most_microseconds = 10'000;
    const std::chrono::microseconds chance(base::random_below(most_microseconds));
    return visit.request.taken_up + visit.domain.pace.refusal() + chance;
}

}  // namespace

http::Response show_login(Visit& visit) {
    Form form(visit);
    Model model = login_model(form.return_to(), false);
    if (session_cookie_of(visit).ambiguous) return sign_in_again(visit, std::move(model));
    show_notice(visit, model, {"signed-out", "password-set", "two-cookies"});
    return show_form(visit, Page::login, std::move(model));
}

http::Response log_in(Visit& visit) {
    Form form(visit);
    const std::string_view email = form.required("email");
    const std::string_view password = form.required("password");
    const bool remember = form.is_on("remember");
    const auto return_to = form.return_to();
    if (!form.is_good()) return form.show_again(Page::login, login_model(return_to, remember));
    const accounts::SignInResult result =
        accounts::sign_in(visit.domain, email, password, remember, visit.device(), visit.signed_in);
    if (const auto* session = std::get_if<accounts::NewSession>(&result)) {
        return let_in(visit, *session, return_to);
    }
    http::Response response = refuse(form, login_model(return_to, remember), result);
    response.not_before = refusal_moment(visit);
    return response;
}

http::Response show_logout(Visit& visit) {
    return show_form(visit, Page::logout);
}

http::Response log_out(Visit& visit) {
    if (visit.signed_in) accounts::end_session(visit.domain, visit.signed_in->session);
    http::Response response = done(visit, base::Route::login, "signed-out");
    delete_session_cookie(visit, response);
    return response;
}

}  // namespace web
