// An account: a proven mailbox, a password, a name, roles. Owner of the table account.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/domain.h"
#include "base/email_address.h"

namespace accounts {

enum class AccountState { active, locked };

struct Account {
    std::int64_t id = 0;
    std::string email;  // canonical
    std::optional<std::string> name;
    std::vector<std::string> roles;  // sorted; each [a-z][a-z0-9_-]{0,31}
    AccountState state = AccountState::active;
    base::Seconds created_at = 0;
};

inline constexpr std::size_t max_name_characters = 100;

// NFC, trimmed; an empty name is no name. Nothing when it is too long or holds a control character.
[[nodiscard]] std::optional<std::optional<std::string>> parse_name(std::string_view text);
[[nodiscard]] bool is_role(std::string_view text) noexcept;

[[nodiscard]] std::optional<Account> find_account(Domain& domain, std::int64_t id);
[[nodiscard]] std::optional<Account> find_account(Domain& domain, const base::EmailAddress& email);

// Sets the name of an account that is there.
void set_name(Domain& domain, std::int64_t account_id, const std::optional<std::string>& name);

// ---- what an administrator does ----

enum class AddOutcome { added, address_taken };
struct AddResult {
    AddOutcome outcome;
    Account account;  // the new one, or the one that has the address
};
// The password was checked by check_password() before. Throws std::invalid_argument like
// set_roles().
[[nodiscard]] AddResult add_account(Domain& domain, const base::EmailAddress& email,
                                    const std::optional<std::string>& name,
                                    const std::vector<std::string>& roles,
                                    std::string_view password);

// Accounts by address, a page at a time: those after `after` ("" for the first page).
[[nodiscard]] std::vector<Account> list_accounts(Domain& domain, std::string_view after, int limit);

// Locking ends every session and kills every token of the account. False: no such account.
[[nodiscard]] bool set_state(Domain& domain, std::int64_t account_id, AccountState state);
// The roles it has from now on, in any order. Throws std::invalid_argument when one is no
// is_role().
[[nodiscard]] bool set_roles(Domain& domain, std::int64_t account_id,
                             const std::vector<std::string>& roles);
// Its sessions, tokens and claims go with it.
[[nodiscard]] bool delete_account(Domain& domain, std::int64_t account_id);

// ---- what the other features of accounts/ stand on ----

// Of a row whose columns from `first` on are id, email, name, roles, state, created_at.
[[nodiscard]] Account account_in(const store::Rows& rows, int first = 0);

[[nodiscard]] std::optional<Account> find_account(store::Transaction& transaction, std::int64_t id);
[[nodiscard]] std::optional<Account> find_account(store::Transaction& transaction,
                                                  const base::EmailAddress& email);

struct NewAccount {
    std::string email;  // canonical
    std::optional<std::string> name;
    std::vector<std::string> roles;  // as Account has them
    std::string password_hash;
};
// Nothing when the address is taken. The claims of the address can be proven no more.
[[nodiscard]] std::optional<Account> insert_account(store::Transaction& transaction,
                                                    const NewAccount& wanted, base::Seconds now);

}  // namespace accounts
