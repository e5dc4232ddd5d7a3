#include "web/pipeline.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <new>

#include "accounts/password.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/secret.h"
#include "http/cross_site.h"
#include "web/cookies.h"
#include "web/problem.h"
#include "web/request_log.h"
#include "web/routes.h"

namespace web {
namespace {

using Outcome = std::optional<http::Response>;  // an answer ends the way; nothing lets it go on

constexpr std::size_t max_query_bytes = 8'192;
constexpr base::Seconds busy_retry = 2;
constexpr base::Seconds memory_retry = 5;

// ---- the steps ----

Outcome limit(Visit& visit) {
    const bool is_large = visit.request.body.size() > http::max_body_bytes;
    if (is_large) return answer(visit, 413, Word::too_large);
    if (visit.request.query.size() > max_query_bytes) return answer(visit, 414, Word::too_large);
    return std::nullopt;
}

http::Response refuse_method(const Visit& visit, base::Route route) {
    http::Response response = answer(visit, 405, Word::wrong_method);
    response.add("Allow", allowed_methods(route));
    return response;
}

Outcome find_route(Visit& visit) {
    const auto route = visit.addresses().route_of(visit.request.path);
    if (!route) return answer(visit, 404, Word::not_found);
    visit.row = find_row(*route, visit.request.method);
    if (visit.row == nullptr) return refuse_method(visit, *route);
    if ((visit.row->depends & on_format) == 0) visit.json = true;
    return std::nullopt;
}

Outcome check_lane(Visit& visit) {
    const bool is_wrong =
        visit.row->lane == http::Lane::hashing && visit.request.lane != http::Lane::hashing;
    if (is_wrong) return answer(visit, 421, Word::wrong_lane);
    return std::nullopt;
}

// Nobody waits any longer for one that lies about from before a change of the clock.
constexpr base::Seconds longest_credible_wait = 60;

// How long it has waited for a thread; nothing when that cannot be told.
std::optional<base::Seconds> waited(const Visit& visit) {
    const std::string& text = visit.request.received_at;
    base::Seconds since = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), since).ec != std::errc()) {
        return std::nullopt;
    }
    const base::Seconds age = visit.domain.clock.now() - since;
    if (age < 0 || age > longest_credible_wait) return std::nullopt;
    return age;
}

Outcome refuse_overdue(Visit& visit) {
    if (visit.row->lane != http::Lane::hashing) return std::nullopt;
    if (waited(visit).value_or(0) <= visit.site.settings().hashing_patience) return std::nullopt;
    return answer(visit, Problem{503, sentence_of(Word::busy), {}, busy_retry});
}

Outcome refuse_foreign_site(Visit& visit) {
    if (visit.row->method == http::Method::get) return std::nullopt;
    if (http::is_same_site(visit.request, visit.addresses().public_origin())) return std::nullopt;
    return answer(visit, 403, Word::foreign_site);
}

Outcome refuse_two_cookies(Visit& visit) {
    const unsigned depends = visit.row->depends;
    const bool sessions = (depends & (on_session | on_two_sessions)) == on_session &&
                          session_cookie_of(visit).ambiguous;
    const bool claims = (depends & on_claim) != 0 && claim_cookie_of(visit).ambiguous;
    if (!sessions && !claims) return std::nullopt;
    http::Response response = answer(visit, 400, Word::two_cookies);
    if (sessions) forget_session_cookies(visit, response);
    return response;
}

Outcome read_session(Visit& visit) {
    if ((visit.row->depends & on_session) == 0) return std::nullopt;
    const std::string_view cookie = session_cookie_of(visit).value;
    if (!cookie.empty()) {
        visit.signed_in = accounts::find_session(visit.domain, cookie);
        base::count(visit.signed_in ? base::Count::sessions_found : base::Count::sessions_missed);
    }
    visit.session_was_read = true;
    return std::nullopt;
}

// To the sign-in and back again; where a change was asked for, there is nothing to come back to.
http::Response send_to_login(const Visit& visit) {
    const base::Addresses& addresses = visit.addresses();
    std::string location = addresses.path(base::Route::login);
    if (visit.row->method == http::Method::get) {
        location.append("?return_to=")
            .append(http::percent_encode(addresses.path(visit.row->route)));
    }
    return http::see_other(location);
}

Outcome check_access(Visit& visit) {
    switch (visit.row->access) {
        case Access::anyone:
            return std::nullopt;
        case Access::signed_in:
            if (visit.signed_in) return std::nullopt;
            if (!visit.json) return send_to_login(visit);
            return answer(visit, 401, Word::sign_in_needed);
        case Access::nobody:
            break;
    }
    return answer(visit, 403, Word::nobody_may);
}

Outcome parse_fields(Visit& visit) {
    const bool is_get = visit.row->method == http::Method::get;
    if (is_get && visit.row->fields.front().empty()) return std::nullopt;
    http::ParsedFields parsed =
        is_get ? http::parse_query(visit.request) : http::parse_body(visit.request);
    if (const auto* fault = std::get_if<http::Fault>(&parsed)) return answer(visit, *fault);
    visit.fields = std::get<http::Fields>(std::move(parsed));
    return std::nullopt;
}

Outcome handle(Visit& visit) {
    return visit.row->handler(visit);
}

struct Step {
    Stage stage;
    Outcome (*run)(Visit&);
};

// The way of every request. What costs nothing comes before what costs something, and nothing is
// read from the database for a request that is refused for its form.
constexpr std::array steps{
    // Before anything is parsed: no work for what is too large.
    Step{Stage::form, limit},
    // 404, 405: before any database work.
    Step{Stage::form, find_route},
    // 421: a flood of hashing must not come in by the quick socket.
    Step{Stage::form, check_lane},
    // 503: under a flood a hash for somebody who has gone helps nobody.
    Step{Stage::form, refuse_overdue},
    // 403 for every change, sign-in and registration included; before the session, so that the
    // answer is the same for the signed-in and others.
    Step{Stage::form, refuse_foreign_site},
    // 400: whose copy comes first must decide nothing.
    Step{Stage::form, refuse_two_cookies},
    // One read where the route needs it, never a write.
    Step{Stage::session, read_session},
    // Who may; a row that does not say lets nobody in.
    Step{Stage::session, check_access},
    // 400, 413, 415, 422: the handler sees whole fields only.
    Step{Stage::fields, parse_fields},
    Step{Stage::handler, handle},
};

http::Response run_steps(Visit& visit) {
    for (const Step& step : steps) {
        visit.stages.enter(step.stage);
        if (Outcome outcome = step.run(visit)) return *std::move(outcome);
    }
    return answer(visit, 500, Word::failed);
}

// ---- around the steps ----

struct Failure {
    int status;
    Word word;
    std::optional<base::Seconds> retry_after;
    std::string_view cause;
};

// A fault of ours is told as one, never as "not signed in" or "wrong password".
http::Response tell_failure(const Visit& visit, const Failure& failure) {
    log_failure(visit, failure.status, failure.cause);
    const Problem problem{failure.status, sentence_of(failure.word), {}, failure.retry_after};
    try {
        return answer(visit, problem);
    } catch (const std::exception&) {
        // The page itself may be what fails.
        return answer_json(visit, problem);
    }
}

http::Response run_guarded(Visit& visit) {
    try {
        return run_steps(visit);
    } catch (const store::Error& error) {
        const bool busy = error.is_busy();
        return tell_failure(visit, {503, busy ? Word::busy : Word::storage_failed,
                                    busy ? std::optional(busy_retry) : std::nullopt, error.what()});
    } catch (const accounts::HashingFailed& error) {
        return tell_failure(visit, {503, Word::out_of_memory, memory_retry, error.what()});
    } catch (const std::bad_alloc& error) {
        return tell_failure(visit, {503, Word::out_of_memory, memory_retry, error.what()});
    } catch (const std::exception& error) {
        return tell_failure(visit, {500, Word::failed, std::nullopt, error.what()});
    }
}

// The row in the outbox is the truth; when this hint is lost the mail leaves a few seconds later.
void wake_notifier(const Visit& visit, const http::Response& response) {
    if (visit.row == nullptr || !visit.row->queues_mail || response.status >= 400) return;
    try {
        if (const auto& wake = visit.site.services().wake_notifier) wake();
    } catch (const std::exception& error) {
        base::log(base::Level::warning, "wake_failed", {{"cause", error.what()}});
    }
}

std::string_view vary_of(const Visit& visit) {
    const unsigned depends = visit.row == nullptr ? on_page : visit.row->depends;
    if ((depends & on_format) != 0) return "Accept, Content-Type, Cookie";
    return (depends & (on_session | on_theme | on_claim)) != 0 ? "Cookie" : "";
}

using http::Header;

template <std::size_t first, std::size_t second>
constexpr auto joined(const std::array<Header, first>& a, const std::array<Header, second>& b) {
    std::array<Header, first + second> all{};
    std::ranges::copy(b, std::ranges::copy(a, all.begin()).out);
    return all;
}

// For every answer: it is what its Content-Type says, in no frame, on no other site, in no cache.
constexpr std::array headers_of_all{
    Header{"Cache-Control", "no-store"},
    Header{"X-Content-Type-Options", "nosniff"},
    Header{"X-Frame-Options", "DENY"},
    Header{"Cross-Origin-Resource-Policy", "same-origin"},
    // With no-referrer, browsers send "Origin: null" with forms, and the cross-site rule refuses.
    Header{"Referrer-Policy", "same-origin"},
};

constexpr auto headers_of_data = joined(
    headers_of_all,
    std::array{Header{"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"}});

// What only a document in a window needs; its Content-Security-Policy is the site's.
constexpr auto headers_of_pages = joined(
    headers_of_all, std::array{Header{"Cross-Origin-Opener-Policy", "same-origin"},
                               Header{"Permissions-Policy",
                                      "camera=(), geolocation=(), microphone=(), payment=()"}});

void add_headers(const Visit& visit, http::Response& response) {
    const std::string_view vary = vary_of(visit);
    if (!vary.empty()) response.add("Vary", vary);
    if (response.header("Content-Type").starts_with("text/html")) {
        response.add("Content-Security-Policy", visit.site.page_policy());
        response.fixed_headers = headers_of_pages;
    } else {
        response.fixed_headers = headers_of_data;
    }
}

// auth_request looks at the status and the headers alone. nginx would put a body into a file,
// because the location keeps its connections that way (nginx/snippets/postern-check.conf).
void leave_out_what_nobody_reads(const Visit& visit, http::Response& response) {
    const bool is_check = visit.row != nullptr && visit.row->route == base::Route::check;
    if (is_check && !visit.request.original_uri.empty()) response.body.clear();
}

// nginx's, when it is what nginx makes; it stands in pages and in the log.
std::string request_id_of(const http::Request& request) {
    if (http::is_request_id(request.request_id)) return request.request_id;
    return base::base64url(base::random_secret(16).reveal());
}

}  // namespace

http::Response run_pipeline(const Site& site, const http::Request& request,
                            accounts::Domain& domain) noexcept {
    try {
        domain.actor = {true, request.client};
        Visit visit{site, request, domain, request_id_of(request), http::wants_json(request)};
        const base::Recording recording(visit.statements);
        http::Response response = run_guarded(visit);
        visit.stages.enter(Stage::answer);
        wake_notifier(visit, response);
        add_headers(visit, response);
        leave_out_what_nobody_reads(visit, response);
        account_for(visit, response);
        return response;
    } catch (...) {
        // Not even memory for an error: an answer that needs none.
        base::count_request(std::nullopt, request.method == http::Method::post, 503);
        return {503, {}, {}};
    }
}

}  // namespace web
