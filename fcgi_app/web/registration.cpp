#include "web/registration.h"

#include <algorithm>
#include <array>

#include "accounts/registration.h"
#include "web/cookies.h"
#include "web/form.h"
#include "web/json.h"
#include "web/session_check.h"

namespace web {
namespace {

std::optional<accounts::PendingClaim> find_claim(const Visit& visit) {
    const std::string_view cookie = claim_cookie_of(visit).value;
    if (cookie.empty()) return std::nullopt;
    return accounts::find_claim(visit.domain, cookie);
}

// What the page and JSON call the states of a mail.
struct MailWord {
    accounts::MailProgress::State state;
    std::string_view word;
    std::string_view section;
};
constexpr std::array mail_words{
    MailWord{accounts::MailProgress::State::queued, "queued", "MAIL_QUEUED"},
    MailWord{accounts::MailProgress::State::waiting, "waiting", "MAIL_WAITING"},
    MailWord{accounts::MailProgress::State::accepted, "accepted", "MAIL_ACCEPTED"},
    MailWord{accounts::MailProgress::State::refused, "refused", "MAIL_REFUSED"},
    MailWord{accounts::MailProgress::State::expired, "expired", "MAIL_EXPIRED"},
    MailWord{accounts::MailProgress::State::withheld, "withheld", "MAIL_WITHHELD"},
};

const MailWord& word_for(accounts::MailProgress::State state) {
    return *std::ranges::find(mail_words, state, &MailWord::state);
}

// "40 s", "12 min"; never nothing: a moment that has just passed is one second away.
std::string span_until(base::Seconds moment, base::Seconds now) {
    const base::Seconds span = std::max<base::Seconds>(moment - now, 1);
    if (span < 2 * base::minute) return std::to_string(span) + " s";
    return std::to_string((span + base::minute - 1) / base::minute) + " min";
}

void show_mail(const Visit& visit, const accounts::PendingClaim& claim, Model& model) {
    const base::Seconds now = visit.domain.clock.now();
    if (claim.mail) {
        const auto& at = claim.mail->at;
        Model details;
        if (at) details.set("AT", clock_time(*at));
        if (at) details.add("NEXT_TRY", Model().set("SPAN", span_until(*at, now)));
        model.add(word_for(claim.mail->state).section, std::move(details));
    }
    if (claim.resend_at > now) {
        model.add("RESEND_WAIT", Model().set("SPAN", span_until(claim.resend_at, now)));
    }
}

void tell_mail(const accounts::PendingClaim& claim, JsonWriter& json) {
    using enum accounts::MailProgress::State;
    if (claim.mail) {
        json.key("mail").begin_object();
        json.key("state").text(word_for(claim.mail->state).word);
        if (claim.mail->at) {
            json.key(claim.mail->state == accepted ? "accepted_at" : "next_try_at");
            json.text(base::rfc3339(*claim.mail->at));
        }
        json.end_object();
    }
    json.key("resend_at").text(base::rfc3339(claim.resend_at));
}

// The page "check your mail". A browser that asked for nothing is told where to look instead.
struct CodePage {
    Page page;
    Model model;
};
CodePage code_page(const Visit& visit) {
    const auto claim = find_claim(visit);
    if (!claim) return {Page::verify_elsewhere, {}};
    Model model;
    model.set("EMAIL", claim->email);
    show_notice(visit, model, {"resent"});
    show_mail(visit, *claim, model);
    return {Page::verify_code, std::move(model)};
}

// The same for a script.
http::Response describe_code_form(const Visit& visit) {
    JsonWriter json;
    json.begin_object();
    describe_form(visit, json);
    if (const auto claim = find_claim(visit)) tell_mail(*claim, json);
    json.end_object();
    return http::json(200, json.take());
}

// The form that was posted: the one of the link, or the one of the code.
http::Response show_again(const Visit& visit, const Form& form, bool by_link) {
    if (by_link) return form.show_again(Page::verify);
    auto [page, model] = code_page(visit);
    return form.show_again(page, std::move(model));
}

accounts::VerifyResult prove(const Visit& visit, bool by_link, std::string_view password) {
    if (by_link) {
        return accounts::verify_by_link(visit.domain, visit.field("token"), password,
                                        visit.device());
    }
    return accounts::verify_by_code(visit.domain, claim_cookie_of(visit).value, visit.field("code"),
                                    password, visit.device());
}

http::Response welcome(const Visit& visit, const accounts::NewSession& session) {
    // Whoever was signed in here before is not any more; the browser is about to lose that cookie.
    if (visit.signed_in) accounts::end_session(visit.domain, visit.signed_in->session);
    http::Response response = visit.json ? http::json(201, session_json(session.signed_in))
                                         : redirect_to(visit, base::Route::account, "welcome");
    set_session_cookie(visit, response, session);
    delete_claim_cookie(visit, response);
    return response;
}

}  // namespace

http::Response show_register(Visit& visit) {
    if (!visit.domain.settings.registration_open) {
        return answer(visit, 403, Word::registration_closed);
    }
    return show_form(visit, Page::register_);
}

http::Response register_visitor(Visit& visit) {
    if (!visit.domain.settings.registration_open) {
        return answer(visit, 403, Word::registration_closed);
    }
    Form form(visit);
    const auto email = form.email();
    const auto name = form.name();
    if (!form.is_good()) return form.show_again(Page::register_);
    const accounts::ClaimTicket ticket =
        accounts::register_claim(visit.domain, *email, name, visit.device());
    http::Response response = accepted(visit, base::Route::verify);
    set_claim_cookie(visit, response, ticket);
    return response;
}

http::Response show_verify(Visit& visit) {
    if (!visit.fields.has("token")) {
        if (visit.json) return describe_code_form(visit);
        auto [page, model] = code_page(visit);
        return show_page(visit, 200, page, std::move(model));
    }
    const std::string_view token = visit.field("token");
    if (!accounts::is_live_claim(visit.domain, token)) {
        return refuse_dead(visit, "token", Page::verify_dead);
    }
    return show_form(visit, Page::verify, Model().set("TOKEN", token));
}

http::Response verify(Visit& visit) {
    Form form(visit);
    const bool by_link = visit.fields.has("token");
    const std::string_view proof = by_link ? "token" : "code";
    if (form.required(proof).empty() && by_link) {
        return refuse_dead(visit, proof, Page::verify_dead);
    }
    const std::string_view password = form.required("password");
    if (!form.is_good()) return show_again(visit, form, by_link);

    const accounts::VerifyResult result = prove(visit, by_link, password);
    if (const auto* session = std::get_if<accounts::NewSession>(&result)) {
        return welcome(visit, *session);
    }
    if (const auto* flaw = std::get_if<accounts::VerifyFlaw>(&result)) {
        form.refuse_password(flaw->flaw);
        return show_again(visit, form, by_link);
    }
    if (std::get<accounts::VerifyRefusal>(result) == accounts::VerifyRefusal::dead) {
        return refuse_dead(visit, proof, Page::verify_dead);
    }
    form.refuse("code", Word::wrong_code);
    return show_again(visit, form, by_link);
}

http::Response resend_verify(Visit& visit) {
    using enum accounts::Resend::Outcome;
    const accounts::Resend resend =
        accounts::resend_claim(visit.domain, claim_cookie_of(visit).value, visit.device());
    if (resend.outcome == sent) return accepted(visit, base::Route::verify, "resent");
    if (resend.outcome == no_claim) return answer(visit, 422, Word::no_claim);
    if (visit.json) {
        return answer(
            visit,
            {429, sentence_of(Word::resend_too_soon, resend.retry_after), {}, resend.retry_after});
    }
    auto [page, model] = code_page(visit);
    http::Response response = show_page(visit, 429, page, std::move(model));
    response.add("Retry-After", std::to_string(resend.retry_after));
    return response;
}

}  // namespace web
