// What an administrator's command works with: the same Domain as a worker's thread, beside running
// workers.
#pragma once

#include "accounts/domain.h"
#include "accounts/pace.h"
#include "accounts/refusals.h"
#include "accounts/session.h"
#include "cli/command.h"
#include "config.h"

namespace cli {

class OpenedDomain {
  public:
    // Reads the configuration and the keys, becomes the owner of the database (owner.h), opens it.
    // Throws Refused when it is missing or not of this version's schema: only `postern migrate`
    // makes or changes a schema.
    explicit OpenedDomain(const Arguments& arguments);

    [[nodiscard]] accounts::Domain& domain() noexcept { return domain_; }
    [[nodiscard]] const postern::Config& config() const noexcept { return config_; }

  private:
    const postern::Config config_;
    const base::SystemClock clock_;
    const base::Keys keys_;
    store::Database database_;
    store::Writer writer_;
    accounts::TouchQueue touches_;
    accounts::RefusalQueue refusals_{config_.accounts.throttle};
    accounts::Pace pace_{config_.accounts.password};
    accounts::Domain domain_;
};

}  // namespace cli
