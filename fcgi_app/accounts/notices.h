// Mails that tell an account's owner what was done in his name.
#pragma once

#include "accounts/account.h"

namespace accounts {

// In the transaction of the change.
void tell_password_changed(store::Transaction& transaction, const Account& account,
                           base::Seconds now);

// A sign-in from a network that the account was not opened from before.
void tell_signed_in_elsewhere(store::Transaction& transaction, const Account& account,
                              base::Seconds now);

}  // namespace accounts
