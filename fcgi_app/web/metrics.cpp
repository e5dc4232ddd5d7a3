#include "web/metrics.h"

#include "web/problem.h"

namespace web {

http::Response tell_metrics(Visit& visit) {
    const auto& metrics = visit.site.services().metrics;
    if (visit.request.metrics != "on" || !metrics) return answer(visit, 404, Word::not_found);
    http::Response response;
    response.status = 200;
    response.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.body = metrics(visit.domain.database);
    return response;
}

}  // namespace web
