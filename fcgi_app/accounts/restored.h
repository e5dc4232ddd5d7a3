// What must not come back with a copy of the database that is put in its place.
#pragma once

#include "store/database.h"

namespace accounts {

// Ends all sessions, claims and links, and drops the mails that are due: sign-ins that were ended
// and links that were used since the copy was made would be alive again, and mails would go out a
// second time. Accounts stay as they are in the copy.
void forget_what_passes(store::Database& database);

}  // namespace accounts
