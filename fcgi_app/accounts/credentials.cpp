#include "accounts/credentials.h"

#include "sql.h"

namespace accounts {
namespace {

std::optional<Credentials> first_of(store::Rows rows) {
    if (!rows.next()) return std::nullopt;
    return Credentials{account_in(rows), std::string(rows.text(6))};
}

}  // namespace

std::optional<Credentials> find_credentials(Domain& domain, std::int64_t account_id) {
    return first_of(domain.database.read(sql::account::find_credentials, account_id));
}

std::optional<Credentials> find_credentials(Domain& domain, const base::EmailAddress& email) {
    return first_of(domain.database.read(sql::account::find_credentials_by_email, email.text()));
}

bool may_enter(store::Transaction& transaction, const Credentials& verified) {
    return transaction.query(sql::account::may_enter, verified.account.id, verified.password_hash)
        .next();
}

bool replace_password(store::Transaction& transaction, const Credentials& verified,
                      std::string_view new_hash) {
    return transaction.run(sql::account::replace_password, verified.account.id,
                           verified.password_hash, new_hash) == 1;
}

bool set_password(store::Transaction& transaction, std::int64_t account_id,
                  std::string_view new_hash) {
    return transaction.run(sql::account::set_password, account_id, new_hash) == 1;
}

}  // namespace accounts
