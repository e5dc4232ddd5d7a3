// Where an account is opened from: networks, not addresses, because a visitor's address changes
// within one (base/client_network.h). Owner of the table place.
//
// A place is usual for an account when it signed in there, or proved its mailbox there, in the last
// usual_for seconds.
#pragma once

#include <cstdint>
#include <string_view>

#include "accounts/domain.h"

namespace accounts {

inline constexpr base::Seconds usual_for = 90 * base::day;

// email: canonical. False for an address without an account, too. Reads only.
[[nodiscard]] bool is_usual_place(Domain& domain, std::string_view email, std::string_view client);

// The account is opened from other places and not from this one.
[[nodiscard]] bool is_unusual_place(store::Transaction& transaction, std::int64_t account_id,
                                    std::string_view client, base::Seconds now);

// In the transaction that opens the account.
void remember_place(store::Transaction& transaction, std::int64_t account_id,
                    std::string_view client, base::Seconds now);

}  // namespace accounts
