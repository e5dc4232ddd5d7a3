#include "accounts/password_reset.h"

#include "accounts/audit.h"
#include "accounts/credentials.h"
#include "accounts/mail_budget.h"
#include "accounts/notices.h"
#include "accounts/place.h"
#include "accounts/session.h"
#include "accounts/throttle.h"
#include "mail/outbox.h"
#include "sql.h"

namespace accounts {
namespace {

constexpr auto purpose = base::Purpose::reset_password;

// A link for the account, in place of the earlier one. Without account: a decoy.
std::int64_t insert_token(store::Transaction& transaction, std::optional<std::int64_t> account_id,
                          base::Seconds now, base::Seconds expires_at) {
    const std::int64_t id = base::random_id();
    transaction.run(sql::token::forget, account_id, base::word_for(purpose));
    transaction.run(sql::token::insert, id, base::word_for(purpose), account_id, now, expires_at);
    return id;
}

// The active account that the link would open.
std::optional<Account> find_live(Domain& domain, std::int64_t token_id) {
    auto rows = domain.database.read(sql::token::find, token_id, base::word_for(purpose),
                                     domain.clock.now());
    if (!rows.next()) return std::nullopt;
    return account_in(rows);
}

// The account whose link this was. One of many at once gets it.
std::optional<std::int64_t> use(store::Transaction& transaction, std::int64_t token_id,
                                base::Seconds now) {
    auto rows = transaction.query(sql::token::use, token_id, base::word_for(purpose), now);
    if (!rows.next()) return std::nullopt;
    return rows.integer(0);
}

}  // namespace

void request_reset(Domain& domain, const base::EmailAddress& email, const Device& device) {
    const base::Seconds now = domain.clock.now();
    const base::Seconds expires_at = now + domain.settings.reset_life;
    domain.writer.run([&](store::Transaction& transaction) {
        const auto account = find_account(transaction, email);
        const bool may_mail =
            spend_mail(transaction, domain.settings.mail_budget, email, device.client, now);
        // Without a mail the earlier link stays good.
        const bool may_reset = may_mail && account && account->state == AccountState::active;
        const auto account_id = may_reset ? std::optional(account->id) : std::nullopt;
        const std::int64_t id = insert_token(transaction, account_id, now, expires_at);
        auto kind = may_reset ? mail::Kind::reset_password : mail::Kind::decoy;
        if (!may_mail) kind = mail::Kind::withheld;
        mail::enqueue(transaction, {kind, email, id, expires_at}, now);
        audit(transaction, domain, Event::reset_requested, Outcome::done,
              account ? std::optional(account->id) : std::nullopt);
    });
}

std::optional<std::string> make_reset_token(Domain& domain, std::int64_t account_id) {
    const base::Seconds now = domain.clock.now();
    const auto id =
        domain.writer.run([&](store::Transaction& transaction) -> std::optional<std::int64_t> {
            if (!find_account(transaction, account_id)) return std::nullopt;
            audit(transaction, domain, Event::reset_link_made, Outcome::done, account_id);
            return insert_token(transaction, account_id, now, now + domain.settings.reset_life);
        });
    if (!id) return std::nullopt;
    return domain.keys.link_token(purpose, *id);
}

bool is_live_reset(Domain& domain, std::string_view token) {
    const auto id = domain.keys.id_of_link(purpose, token);
    return id && find_live(domain, *id);
}

ResetResult confirm_reset(Domain& domain, std::string_view token, std::string_view password,
                          std::string_view client) {
    const auto id = domain.keys.id_of_link(purpose, token);
    const auto account = id ? find_live(domain, *id) : std::nullopt;
    if (!account) return ResetOutcome::dead;
    const PasswordSettings& settings = domain.settings.password;
    if (const auto flaw = check_password(password, account->email, settings)) return *flaw;
    const std::string hash = hash_password(password, settings);

    const base::Seconds now = domain.clock.now();
    return domain.writer.run([&](store::Transaction& transaction) -> ResetResult {
        const auto account_id = use(transaction, *id, now);
        if (!account_id) return ResetOutcome::dead;
        if (!set_password(transaction, *account_id, hash)) {
            transaction.undo();
            return ResetOutcome::dead;
        }
        end_all_sessions(transaction, *account_id);
        kill_tokens(transaction, *account_id, now);
        remember_place(transaction, *account_id, client, now);
        forgive(transaction, {account->email, std::string(client)});
        audit(transaction, domain, Event::password_reset, Outcome::done, *account_id);
        tell_password_changed(transaction, *account, now);
        return ResetOutcome::done;
    });
}

void kill_tokens(store::Transaction& transaction, std::int64_t account_id, base::Seconds now) {
    transaction.run(sql::token::kill, account_id, now);
}

}  // namespace accounts
