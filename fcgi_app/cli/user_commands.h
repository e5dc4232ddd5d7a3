// `postern user …`. Each gives the exit code and throws as command.h says.
#pragma once

#include "accounts/account.h"
#include "base/email_address.h"
#include "cli/command.h"

namespace cli {

// Throws WrongUse for a text that is none.
[[nodiscard]] base::EmailAddress parse_address(const std::string& text);

// The account with this address or id. Throws Refused when there is none.
[[nodiscard]] accounts::Account account_called(accounts::Domain& domain, const std::string& who);

int user_add(const Arguments& arguments);
int user_list(const Arguments& arguments);
int user_show(const Arguments& arguments);
int user_lock(const Arguments& arguments);
int user_unlock(const Arguments& arguments);
int user_role(const Arguments& arguments);
int user_delete(const Arguments& arguments);
int user_reset_link(const Arguments& arguments);

}  // namespace cli
