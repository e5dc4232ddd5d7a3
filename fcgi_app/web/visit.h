// One request on its way through the pipeline, and what the steps have found out about it so far.
// Lives on the stack of the thread that answers; nothing in it outlives the answer.
#pragma once

#include <optional>
#include <string>

#include "accounts/session.h"
#include "base/statement_times.h"
#include "http/fields.h"
#include "http/request.h"
#include "web/site.h"
#include "web/stage_times.h"

namespace web {

struct RouteRow;

struct Visit {
    const Site& site;
    const http::Request& request;
    accounts::Domain& domain;
    std::string request_id;  // nginx's, or one of ours where that is missing; printable

    // JSON or a page. First by what the request wants, then by the route too.
    bool json = false;

    StageTimes stages{};
    base::StatementTimes statements{};

    const RouteRow* row = nullptr;                  // set by the step "route"
    bool session_was_read = false;                  // set by the step "session"
    std::optional<accounts::SignedIn> signed_in{};  // there on every route for the signed-in
    http::Fields fields{};                          // of the body of a POST, of the query of a GET

    [[nodiscard]] const base::Addresses& addresses() const noexcept {
        return site.settings().addresses;
    }
    // The value of a field; "" when it is absent.
    [[nodiscard]] std::string_view field(std::string_view name) const noexcept {
        return fields.get(name).value_or("");
    }
    [[nodiscard]] accounts::Device device() const { return {request.client, request.user_agent}; }
};

}  // namespace web
