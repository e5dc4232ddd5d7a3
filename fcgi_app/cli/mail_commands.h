// `postern mail …`. Each gives the exit code and throws as command.h says.
#pragma once

#include <cstdint>

#include "accounts/domain.h"
#include "base/email_address.h"
#include "cli/command.h"

namespace cli {

int mail_list(const Arguments& arguments);
int mail_show(const Arguments& arguments);
int mail_retry(const Arguments& arguments);
int mail_drop(const Arguments& arguments);
int mail_test(const Arguments& arguments);
int mail_status(const Arguments& arguments);

// Gives its id.
std::int64_t queue_test_mail(accounts::Domain& domain, const base::EmailAddress& address);

}  // namespace cli
