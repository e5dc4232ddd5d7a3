#include "accounts/account.h"

#include <algorithm>
#include <stdexcept>

#include "accounts/audit.h"
#include "accounts/password.h"
#include "accounts/password_reset.h"
#include "accounts/registration.h"
#include "accounts/session.h"
#include "base/ascii.h"
#include "sql.h"

namespace accounts {
namespace {

constexpr std::string_view word_for(AccountState state) {
    return state == AccountState::locked ? "locked" : "active";
}

std::vector<std::string> split_roles(std::string_view text) {
    std::vector<std::string> roles;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        roles.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return roles;
}

std::string join_roles(const std::vector<std::string>& roles) {
    std::string text;
    for (const std::string& role : roles) {
        if (!text.empty()) text += ' ';
        text += role;
    }
    return text;
}

// Roles stand in a header that back ends believe: what is no role must not come through here.
std::vector<std::string> checked_roles(std::vector<std::string> roles) {
    for (const std::string& role : roles) {
        if (!is_role(role)) throw std::invalid_argument("not a role: " + role);
    }
    std::sort(roles.begin(), roles.end());
    roles.erase(std::unique(roles.begin(), roles.end()), roles.end());
    return roles;
}

std::optional<Account> first_of(store::Rows rows) {
    if (!rows.next()) return std::nullopt;
    return account_in(rows);
}

}  // namespace

std::optional<std::optional<std::string>> parse_name(std::string_view text) {
    const auto line = base::clean_line(text);
    if (!line) return std::nullopt;
    const auto name = base::trimmed(*line);
    if (base::count_characters(name) > max_name_characters) return std::nullopt;
    std::optional<std::string> parsed;
    if (!name.empty()) parsed = name;
    return std::optional(std::move(parsed));
}

bool is_role(std::string_view text) noexcept {
    constexpr std::string_view first = "abcdefghijklmnopqrstuvwxyz";
    constexpr std::string_view all = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    return !text.empty() && text.size() <= 32 && first.find(text.front()) != first.npos &&
           text.find_first_not_of(all) == text.npos;
}

Account account_in(const store::Rows& rows, int first) {
    Account account;
    account.id = rows.integer(first);
    account.email = rows.text(first + 1);
    account.name = rows.optional_text(first + 2);
    account.roles = split_roles(rows.text(first + 3));
    const bool active = rows.text(first + 4) == word_for(AccountState::active);
    account.state = active ? AccountState::active : AccountState::locked;
    account.created_at = rows.integer(first + 5);
    return account;
}

std::optional<Account> find_account(Domain& domain, std::int64_t id) {
    return first_of(domain.database.read(sql::account::find, id));
}

std::optional<Account> find_account(Domain& domain, const base::EmailAddress& email) {
    return first_of(domain.database.read(sql::account::find_by_email, email.text()));
}

std::optional<Account> find_account(store::Transaction& transaction, std::int64_t id) {
    return first_of(transaction.query(sql::account::find, id));
}

std::optional<Account> find_account(store::Transaction& transaction,
                                    const base::EmailAddress& email) {
    return first_of(transaction.query(sql::account::find_by_email, email.text()));
}

std::optional<Account> insert_account(store::Transaction& transaction, const NewAccount& wanted,
                                      base::Seconds now) {
    Account account{base::random_id(), wanted.email,         wanted.name,
                    wanted.roles,      AccountState::active, now};
    const auto added =
        transaction.run(sql::account::insert, account.id, account.email, account.name,
                        join_roles(account.roles), wanted.password_hash, account.created_at);
    if (added == 0) return std::nullopt;
    make_decoys(transaction, account.email);
    return account;
}

void set_name(Domain& domain, std::int64_t account_id, const std::optional<std::string>& name) {
    domain.writer.run([&](store::Transaction& transaction) {
        transaction.run(sql::account::set_name, account_id, name);
    });
}

AddResult add_account(Domain& domain, const base::EmailAddress& email,
                      const std::optional<std::string>& name, const std::vector<std::string>& roles,
                      std::string_view password) {
    const NewAccount wanted{email.text(), name, checked_roles(roles),
                            hash_password(password, domain.settings.password)};
    const base::Seconds now = domain.clock.now();
    return domain.writer.run([&](store::Transaction& transaction) -> AddResult {
        if (const auto other = find_account(transaction, email)) {
            return {AddOutcome::address_taken, *other};
        }
        const auto account = insert_account(transaction, wanted, now).value();
        audit(transaction, domain, Event::account_added, Outcome::done, account.id);
        return {AddOutcome::added, account};
    });
}

std::vector<Account> list_accounts(Domain& domain, std::string_view after, int limit) {
    std::vector<Account> accounts;
    auto rows = domain.database.read(sql::account::list, after, limit);
    while (rows.next()) accounts.push_back(account_in(rows));
    return accounts;
}

bool set_state(Domain& domain, std::int64_t account_id, AccountState state) {
    const base::Seconds now = domain.clock.now();
    return domain.writer.run([&](store::Transaction& transaction) {
        if (transaction.run(sql::account::set_state, account_id, word_for(state)) == 0) {
            return false;
        }
        const bool locks = state == AccountState::locked;
        audit(transaction, domain, locks ? Event::account_locked : Event::account_unlocked,
              Outcome::done, account_id);
        if (locks) {
            end_all_sessions(transaction, account_id);
            kill_tokens(transaction, account_id, now);
        }
        return true;
    });
}

bool set_roles(Domain& domain, std::int64_t account_id, const std::vector<std::string>& roles) {
    const std::string text = join_roles(checked_roles(roles));
    return domain.writer.run([&](store::Transaction& transaction) {
        if (transaction.run(sql::account::set_roles, account_id, text) == 0) return false;
        audit(transaction, domain, Event::roles_changed, Outcome::done, account_id);
        return true;
    });
}

bool delete_account(Domain& domain, std::int64_t account_id) {
    return domain.writer.run([&](store::Transaction& transaction) {
        const auto account = find_account(transaction, account_id);
        if (!account) return false;
        transaction.run(sql::account::remove, account_id);
        forget_claims(transaction, account->email);
        audit(transaction, domain, Event::account_deleted, Outcome::done, account_id);
        return true;
    });
}

}  // namespace accounts
