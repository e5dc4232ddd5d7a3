#include "web/metrics.h"

#include <boost/test/unit_test.hpp>

#include "support/browser.h"

namespace {

struct Metered : support::Website {
    Metered() {
        services.metrics = [](store::Database&) { return std::string("postern_workers 2\n"); };
    }

    // By the location that is for the machine's own Prometheus.
    http::Response scrape(const std::string& parameter) {
        http::Request request;
        request.method = http::Method::get;
        request.path = settings.addresses.path(base::Route::metrics);
        request.metrics = parameter;
        return site().answer(request, domain());
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(metrics_test)

BOOST_FIXTURE_TEST_CASE(a_visitor_finds_no_such_address, Metered) {
    support::Browser visitor{*this};
    BOOST_TEST(visitor.get(base::Route::metrics).status == 404);
    BOOST_TEST(scrape("off").status == 404);
}

BOOST_FIXTURE_TEST_CASE(the_machines_own_prometheus_gets_text, Metered) {
    const auto response = scrape("on");
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
    BOOST_TEST(response.body == "postern_workers 2\n");
}

BOOST_AUTO_TEST_SUITE_END()
