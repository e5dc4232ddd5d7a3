#include "web/account_page.h"

#include <algorithm>

#include "accounts/account.h"
#include "accounts/audit.h"
#include "accounts/session.h"
#include "web/device.h"
#include "web/form.h"
#include "web/json.h"
#include "web/session_check.h"
#include "web/sign_in.h"

namespace web {
namespace {

constexpr int max_events = 12;

std::vector<accounts::Session> sessions_of(const Visit& visit) {
    return accounts::list_sessions(visit.domain, visit.signed_in->account.id);
}

bool is_current(const Visit& visit, const accounts::Session& session) {
    return session.key == visit.signed_in->session.key;
}

Model session_model(const accounts::Session& session, bool current) {
    Model model;
    model.set("ID", accounts::public_id(session));
    model.set("DEVICE", describe_device(session.agent));
    model.set("CLIENT", session.client);
    model.set("FIRST", readable_time(session.created_at));
    model.set("LAST", readable_time(session.last_seen_at));
    model.show(current ? "CURRENT" : "OTHER");
    return model;
}

void add_sessions(const Visit& visit, Model& model) {
    auto sessions = sessions_of(visit);
    std::stable_partition(sessions.begin(), sessions.end(),
                          [&](const auto& session) { return is_current(visit, session); });
    for (const accounts::Session& session : sessions) {
        model.add("SESSIONS", session_model(session, is_current(visit, session)));
    }
    if (sessions.size() > 1) model.show("OTHER_SESSIONS");
}

void add_events(const Visit& visit, Model& model) {
    const auto events =
        accounts::list_events(visit.domain, visit.signed_in->account.id, max_events);
    for (const accounts::AuditRow& event : events) {
        const auto text = sentence_of_event(event.event, event.outcome);
        if (text.empty()) continue;
        Model item;
        item.set("TEXT", text).set("WHEN", readable_time(event.happened_at));
        if (!event.client.empty()) item.add("FROM", Model().set("CLIENT", event.client));
        model.add("EVENTS", std::move(item));
    }
}

Model account_model(const Visit& visit) {
    const accounts::Account& account = visit.signed_in->account;
    Model model;
    model.set("EMAIL", account.email);
    model.set("NAME", account.name.value_or(""));
    model.set("MEMBER_SINCE", readable_time(account.created_at).substr(0, 10));
    if (!account.roles.empty()) {
        std::string names;
        for (const std::string& role : account.roles) {
            names.append(names.empty() ? "" : ", ").append(role);
        }
        model.add("ROLES", Model().set("NAMES", names));
    }
    add_sessions(visit, model);
    add_events(visit, model);
    return model;
}

http::Response show_account_page(const Visit& visit) {
    Model model = account_model(visit);
    show_notice(visit, model, {"welcome", "name-saved", "password-changed", "session-ended"});
    return show_page(visit, 200, Page::account, std::move(model));
}

std::string sessions_json(const Visit& visit) {
    JsonWriter json;
    json.begin_object().key("sessions").begin_array();
    for (const accounts::Session& session : sessions_of(visit)) {
        json.begin_object();
        json.key("id").text(accounts::public_id(session));
        json.key("current").boolean(is_current(visit, session));
        json.key("created_at").text(base::rfc3339(session.created_at));
        json.key("last_seen_at").text(base::rfc3339(session.last_seen_at));
        json.key("client").text(session.client);
        json.key("agent").text(session.agent);
        json.end_object();
    }
    json.end_array().end_object();
    return json.take();
}

http::Response end_others(Visit& visit) {
    accounts::end_other_sessions(visit.domain, visit.signed_in->session);
    return done(visit, base::Route::account, "session-ended");
}

http::Response end_one(Visit& visit, std::string_view id) {
    if (id == accounts::public_id(visit.signed_in->session)) return log_out(visit);
    if (!accounts::end_session(visit.domain, visit.signed_in->account.id, id)) {
        return answer(visit, 404, Word::no_such_session);
    }
    return done(visit, base::Route::account, "session-ended");
}

}  // namespace

http::Response show_account(Visit& visit) {
    if (visit.json) return http::json(200, session_json(*visit.signed_in));
    return show_account_page(visit);
}

http::Response change_profile(Visit& visit) {
    Form form(visit);
    if (!visit.fields.has("name")) form.refuse("name", Word::required);
    const auto name = form.name();
    if (!form.is_good()) return form.show_again(Page::account, account_model(visit));
    accounts::set_name(visit.domain, visit.signed_in->account.id, name);
    return done(visit, base::Route::account, "name-saved");
}

http::Response show_sessions(Visit& visit) {
    if (visit.json) return http::json(200, sessions_json(visit));
    return show_account_page(visit);
}

http::Response end_sessions(Visit& visit) {
    Form form(visit);
    const bool all = visit.fields.has("all");
    if (all && (visit.field("all") != "others" || visit.fields.has("id"))) {
        form.refuse("all", Word::unknown_choice);
    }
    if (!all) (void)form.required("id");
    if (!form.is_good()) return form.show_again(Page::account, account_model(visit));
    return all ? end_others(visit) : end_one(visit, visit.field("id"));
}

}  // namespace web
