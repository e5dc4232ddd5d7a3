// What an account is opened with: its password's hash. The only reader and writer of that column.
//
// A password is verified outside of a transaction, because hashing is slow; whoever then acts on it
// asks in his transaction whether it still holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "accounts/account.h"

namespace accounts {

struct Credentials {
    Account account;
    std::string password_hash;
};

[[nodiscard]] std::optional<Credentials> find_credentials(Domain& domain, std::int64_t account_id);
[[nodiscard]] std::optional<Credentials> find_credentials(Domain& domain,
                                                          const base::EmailAddress& email);

// True when the account is active and its password is still the one that was verified.
[[nodiscard]] bool may_enter(store::Transaction& transaction, const Credentials& verified);

// The same, and gives it a new hash.
[[nodiscard]] bool replace_password(store::Transaction& transaction, const Credentials& verified,
                                    std::string_view new_hash);

// Whatever the password was. False when the account is gone or not active.
[[nodiscard]] bool set_password(store::Transaction& transaction, std::int64_t account_id,
                                std::string_view new_hash);

}  // namespace accounts
