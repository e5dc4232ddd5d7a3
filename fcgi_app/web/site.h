// The whole of Postern's web: from a request to its answer. One a worker, constant after
// construction, any thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "accounts/domain.h"
#include "base/routes.h"
#include "http/request.h"
#include "http/response.h"

namespace web {

struct HeldMail {
    std::string id;
    base::Seconds created_at;
    std::string recipient;
    std::string subject;
    std::string text;  // the plain text part
    std::string link;  // the one in it, or empty
};

struct Settings {
    base::Addresses addresses;
    std::string site_name;                  // shown in the pages
    std::string cookie_domain;              // empty: this host only
    std::vector<std::string> return_hosts;  // further hosts that return_to may name
    // What has waited longer for a hashing thread is told to come again.
    base::Seconds hashing_patience = 5;
    // What takes as long or longer has a line in the log.
    std::chrono::milliseconds slow{1'000};
    // Each answer says in Server-Timing how long its stages took. It tells strangers what a refusal
    // at a fixed moment hides.
    bool server_timing = false;
};

// What the web asks of parts that it must not know.
struct Services {
    std::function<void()> wake_notifier;
    // Only when mail is held (development); empty function otherwise. The database is the calling
    // thread's.
    std::function<std::vector<HeldMail>(store::Database&)> held_mails;
    // What the pool counts, in Prometheus' text format.
    std::function<std::string(store::Database&)> metrics{};
};

class Pages;

class Site {
  public:
    Site(Settings settings, Services services);
    ~Site();

    // Never throws: a fault of ours becomes 503 (storage, memory) or 500 with the request id, and a
    // line in the log.
    [[nodiscard]] http::Response answer(const http::Request& request,
                                        accounts::Domain& domain) const;

    [[nodiscard]] const Settings& settings() const noexcept { return settings_; }
    [[nodiscard]] const Services& services() const noexcept { return services_; }
    [[nodiscard]] const Pages& pages() const noexcept { return *pages_; }
    // Content-Security-Policy of the pages.
    [[nodiscard]] const std::string& page_policy() const noexcept { return page_policy_; }

  private:
    Settings settings_;
    Services services_;
    std::string page_policy_;
    std::unique_ptr<const Pages> pages_;
};

}  // namespace web
