#include "web/request_log.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <string>

#include "base/log.h"
#include "base/metrics.h"
#include "web/routes.h"

namespace web {
namespace {

using std::chrono::nanoseconds;

nanoseconds age_of(const Visit& visit) {
    return StageTimes::Clock::now() - visit.stages.start();
}

// "12.3"
std::string milliseconds_text(nanoseconds span) {
    std::array<char, 32> text{};
    const double milliseconds = std::chrono::duration<double, std::milli>(span).count();
    const int size = std::snprintf(text.data(), text.size(), "%.1f", milliseconds);
    return {text.data(), static_cast<std::size_t>(size)};
}

// "form 0.0, session 0.1, fields 0.0, handler 1204.3"
std::string stages_text(const Visit& visit) {
    std::string text;
    for (std::size_t i = 0; i < stage_words.size(); ++i) {
        const nanoseconds span = visit.stages.of(static_cast<Stage>(i));
        if (span == span.zero()) continue;
        if (!text.empty()) text.append(", ");
        text.append(stage_words[i]).append(" ").append(milliseconds_text(span));
    }
    return text;
}

// "session.find 0.1, throttle.failures 0.0, writer 1204.0"
std::string statements_text(const Visit& visit) {
    std::string text;
    for (const base::StatementTime& time : visit.statements.all()) {
        if (!text.empty()) text.append(", ");
        text.append(time.name).append(" ").append(milliseconds_text(time.span));
    }
    return text;
}

// https://www.w3.org/TR/server-timing/
std::string server_timing(const Visit& visit, nanoseconds age) {
    std::string text;
    for (std::size_t i = 0; i < stage_words.size(); ++i) {
        const nanoseconds span = visit.stages.of(static_cast<Stage>(i));
        if (span == span.zero()) continue;
        text.append(stage_words[i]).append(";dur=").append(milliseconds_text(span)).append(", ");
    }
    text.append("sql;dur=").append(milliseconds_text(visit.statements.sum()));
    return text.append(", total;dur=").append(milliseconds_text(age));
}

void tell(const Visit& visit, base::Level level, std::string_view event, int status,
          std::string_view cause) {
    if (!base::is_logged(level)) return;
    const auto& account = visit.signed_in;
    base::log(level, event,
              {{"request_id", visit.request_id},
               {"route", visit.row == nullptr ? "none" : base::word_for(visit.row->route)},
               {"status", std::to_string(status)},
               {"ms", std::to_string(age_of(visit) / std::chrono::milliseconds(1))},
               {"client", visit.request.client},
               {"account", account ? std::to_string(account->account.id) : "none"},
               {"cause", cause},
               {"stages", stages_text(visit)},
               {"statements", statements_text(visit)}});
}

}  // namespace

void log_failure(const Visit& visit, int status, std::string_view cause) {
    tell(visit, base::Level::error, "request_failed", status, cause);
}

void account_for(const Visit& visit, http::Response& response) {
    const auto route = visit.row == nullptr ? std::nullopt : std::optional(visit.row->route);
    const bool is_post = visit.request.method == http::Method::post;
    const nanoseconds age = age_of(visit);
    base::count_request(route, is_post, response.status, age);
    const Settings& settings = visit.site.settings();
    if (settings.server_timing) response.add("Server-Timing", server_timing(visit, age));
    if (age >= settings.slow) {
        tell(visit, base::Level::warning, "request_slow", response.status, "none");
    } else {
        tell(visit, base::Level::debug, "request", response.status, "none");
    }
}

}  // namespace web
