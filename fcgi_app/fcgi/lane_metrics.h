// What is counted for each lane.
#pragma once

#include <chrono>

#include "base/metrics.h"
#include "http/request.h"

namespace fcgi {

struct LaneMetrics {
    base::Gauge open;
    base::Gauge in_flight;
    base::Duration request;
};

constexpr LaneMetrics metrics_of(http::Lane lane) noexcept {
    using enum base::Gauge;
    if (lane == http::Lane::quick) {
        return {quick_open, quick_in_flight, base::Duration::quick_request};
    }
    return {hashing_open, hashing_in_flight, base::Duration::hashing_request};
}

// A request in flight, from here until it goes.
class RequestTimer {
  public:
    explicit RequestTimer(LaneMetrics metrics) : metrics_(metrics) {
        base::raise(metrics_.in_flight);
    }
    ~RequestTimer() {
        base::lower(metrics_.in_flight);
        base::count_duration(metrics_.request, std::chrono::steady_clock::now() - start_);
    }
    RequestTimer(const RequestTimer&) = delete;
    RequestTimer& operator=(const RequestTimer&) = delete;

  private:
    const LaneMetrics metrics_;
    const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace fcgi
