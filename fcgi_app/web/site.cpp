#include "web/site.h"

#include "web/answers.h"
#include "web/pages.h"
#include "web/pipeline.h"

namespace web {
namespace {

// A browser holds form-action against the redirect that answers a form too, so the hosts that
// return_to may name stand there: signing in leads on to them.
std::string make_page_policy(const Settings& settings) {
    std::string policy =
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        "frame-ancestors 'none'; form-action 'self'";
    const std::string_view scheme = settings.addresses.secure() ? "https://" : "http://";
    for (const std::string& host : settings.return_hosts) {
        policy.append(" ").append(scheme).append(host);
    }
    return policy;
}

}  // namespace

Site::Site(Settings settings, Services services)
    : settings_(std::move(settings)),
      services_(std::move(services)),
      page_policy_(make_page_policy(settings_)),
      pages_(std::make_unique<const Pages>(common_model(settings_))) {}

Site::~Site() = default;

http::Response Site::answer(const http::Request& request, accounts::Domain& domain) const {
    return run_pipeline(*this, request, domain);
}

}  // namespace web
