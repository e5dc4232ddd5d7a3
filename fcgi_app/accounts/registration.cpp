#include "accounts/registration.h"

#include "accounts/audit.h"
#include "accounts/cookie_key.h"
#include "accounts/mail_budget.h"
#include "accounts/password.h"
#include "mail/outbox.h"
#include "sql.h"

namespace accounts {
namespace {

constexpr auto purpose = base::Purpose::verify;

// What a claim says of the account to come.
struct Claimed {
    std::string email;
    std::optional<std::string> name;
};

struct BrowserClaim {
    std::int64_t id;
    Claimed claimed;
    base::Seconds created_at;
    base::Seconds mailed_at;
    base::Seconds expires_at;
};

std::optional<Claimed> first_of(store::Rows rows) {
    if (!rows.next()) return std::nullopt;
    return Claimed{std::string(rows.text(0)), rows.optional_text(1)};
}

std::optional<BrowserClaim> find_by_browser(Domain& domain, std::string_view claim_cookie) {
    const auto key = key_of_cookie(claim_cookie);
    if (!key) return std::nullopt;
    auto rows = domain.database.read(sql::claim::find_by_browser, *key, domain.clock.now());
    if (!rows.next()) return std::nullopt;
    return BrowserClaim{rows.integer(0),
                        {std::string(rows.text(1)), rows.optional_text(2)},
                        rows.integer(3),
                        rows.integer(4),
                        rows.integer(5)};
}

std::optional<Claimed> find_by_link(Domain& domain, std::int64_t id) {
    return first_of(domain.database.read(sql::claim::find, id, domain.clock.now()));
}

struct ClaimToMail {
    std::int64_t id;
    const base::EmailAddress& email;
    bool is_decoy;
    base::Seconds expires_at;
};

// One mail for every claim, by what is true of its address now. The claim's number goes with all of
// them, so that a browser can ask what became of its mail.
void enqueue_mail(store::Transaction& transaction, const Settings& settings,
                  const ClaimToMail& claim, const Device& device, base::Seconds now) {
    auto kind = claim.is_decoy ? mail::Kind::account_exists : mail::Kind::verify;
    if (!spend_mail(transaction, settings.mail_budget, claim.email, device.client, now)) {
        kind = mail::Kind::withheld;
    }
    mail::enqueue(transaction, {kind, claim.email, claim.id, claim.expires_at}, now);
}

// A mail that is due leaves within this, unless the relay is in trouble.
constexpr base::Seconds soon = 10;

MailProgress progress_while_due(const mail::Progress& mail, base::Seconds now) {
    using enum MailProgress::State;
    if (mail.next_try_at + soon < now) return {waiting, std::nullopt};
    if (mail.attempts == 0 || mail.being_tried) return {queued, std::nullopt};
    return {waiting, mail.next_try_at};
}

MailProgress for_visitor(const mail::Progress& mail, base::Seconds now) {
    using enum MailProgress::State;
    switch (mail.state) {
        case mail::State::due:
            return progress_while_due(mail, now);
        case mail::State::accepted:
            return {accepted, mail.finished_at};
        case mail::State::shelved:
            return {refused, std::nullopt};
        case mail::State::expired:
            return {expired, std::nullopt};
        case mail::State::discarded:
            break;
    }
    return {withheld, std::nullopt};
}

std::optional<MailProgress> progress_of(Domain& domain, std::int64_t claim_id) {
    const auto mail = mail::latest_for_subject(domain.database, claim_id);
    if (!mail) return std::nullopt;
    return for_visitor(*mail, domain.clock.now());
}

// When the mail may be asked for again. One that was mailed in the future is a clock that was set
// back, and nobody waits for it.
base::Seconds resend_time(const BrowserClaim& claim, base::Seconds now) {
    return claim.mailed_at > now ? now : claim.mailed_at + resend_cooldown;
}

// What speaks against this code. A wrong one is counted, a right one leaves no trace. Whether the
// claim is a decoy does not matter here: prove() finds out.
std::optional<VerifyRefusal> try_code(Domain& domain, std::int64_t id, std::string_view code) {
    const bool is_right = domain.keys.is_code(purpose, id, code);
    const base::Seconds now = domain.clock.now();
    return domain.writer.run([&](store::Transaction& transaction) -> std::optional<VerifyRefusal> {
        const auto counted =
            transaction.run(sql::claim::take_try, id, now, domain.settings.code_tries);
        if (counted == 0) return VerifyRefusal::dead;
        if (!is_right) return VerifyRefusal::wrong_code;
        transaction.undo();
        return std::nullopt;
    });
}

std::optional<Claimed> use(store::Transaction& transaction, std::int64_t id, base::Seconds now) {
    return first_of(transaction.query(sql::claim::use, id, now));
}

// Whether the claim that may be mailed again is a decoy; nothing when it was mailed just now.
std::optional<bool> note_mailed(store::Transaction& transaction, std::int64_t id,
                                base::Seconds now) {
    auto rows = transaction.query(sql::claim::note_mailed, id, now, now - resend_cooldown);
    if (!rows.next()) return std::nullopt;
    return rows.integer(0) != 0;
}

// The mailbox is proven: the claim becomes an account.
VerifyResult prove(Domain& domain, std::int64_t id, std::string_view password,
                   const Device& device) {
    const std::string hash = hash_password(password, domain.settings.password);
    const base::Seconds now = domain.clock.now();
    return domain.writer.run([&](store::Transaction& transaction) -> VerifyResult {
        const auto claimed = use(transaction, id, now);
        if (!claimed) return VerifyRefusal::dead;
        const auto account =
            insert_account(transaction, {claimed->email, claimed->name, {}, hash}, now);
        if (!account) {
            transaction.undo();
            return VerifyRefusal::dead;
        }
        audit(transaction, domain, Event::account_opened, Outcome::done, account->id);
        return start_session(transaction, domain, *account, false, device);
    });
}

}  // namespace

ClaimTicket register_claim(Domain& domain, const base::EmailAddress& email,
                           const std::optional<std::string>& name, const Device& device) {
    auto [cookie, key] = make_cookie();
    const std::int64_t id = base::random_id();
    const base::Seconds now = domain.clock.now();
    const base::Seconds expires_at = now + domain.settings.claim_life;
    domain.writer.run([&, &key = key](store::Transaction& transaction) {
        const bool is_decoy = find_account(transaction, email).has_value();
        transaction.run(sql::claim::insert, id, email.text(), name, key, is_decoy, now, expires_at);
        enqueue_mail(transaction, domain.settings, {id, email, is_decoy, expires_at}, device, now);
    });
    return {std::move(cookie)};
}

std::optional<PendingClaim> find_claim(Domain& domain, std::string_view claim_cookie) {
    auto claim = find_by_browser(domain, claim_cookie);
    if (!claim) return std::nullopt;
    return PendingClaim{
        claim->id,         std::move(claim->claimed.email),         claim->created_at,
        claim->expires_at, resend_time(*claim, domain.clock.now()), progress_of(domain, claim->id)};
}

bool is_live_claim(Domain& domain, std::string_view token) {
    const auto id = domain.keys.id_of_link(purpose, token);
    return id && find_by_link(domain, *id);
}

VerifyResult verify_by_link(Domain& domain, std::string_view token, std::string_view password,
                            const Device& device) {
    const auto id = domain.keys.id_of_link(purpose, token);
    const auto claimed = id ? find_by_link(domain, *id) : std::nullopt;
    if (!claimed) return VerifyRefusal::dead;
    if (const auto flaw = check_password(password, claimed->email, domain.settings.password)) {
        return VerifyFlaw{*flaw};
    }
    return prove(domain, *id, password, device);
}

VerifyResult verify_by_code(Domain& domain, std::string_view claim_cookie, std::string_view code,
                            std::string_view password, const Device& device) {
    const auto claim = find_by_browser(domain, claim_cookie);
    if (!claim) return VerifyRefusal::dead;
    const PasswordSettings& settings = domain.settings.password;
    if (const auto flaw = check_password(password, claim->claimed.email, settings)) {
        return VerifyFlaw{*flaw};
    }
    if (const auto refusal = try_code(domain, claim->id, code)) return *refusal;
    return prove(domain, claim->id, password, device);
}

Resend resend_claim(Domain& domain, std::string_view claim_cookie, const Device& device) {
    const auto claim = find_by_browser(domain, claim_cookie);
    const auto email = claim ? base::EmailAddress::parse(claim->claimed.email) : std::nullopt;
    if (!email) return {Resend::Outcome::no_claim};
    const base::Seconds now = domain.clock.now();
    const base::Seconds due = resend_time(*claim, now);
    if (due > now) return {Resend::Outcome::too_soon, due - now};
    return domain.writer.run([&](store::Transaction& transaction) -> Resend {
        const auto is_decoy = note_mailed(transaction, claim->id, now);
        if (!is_decoy) return {Resend::Outcome::too_soon, resend_cooldown};
        enqueue_mail(transaction, domain.settings,
                     {claim->id, *email, *is_decoy, claim->expires_at}, device, now);
        return {Resend::Outcome::sent};
    });
}

void make_decoys(store::Transaction& transaction, std::string_view email) {
    transaction.run(sql::claim::make_decoys, email);
}

void forget_claims(store::Transaction& transaction, std::string_view email) {
    transaction.run(sql::claim::forget, email);
}

}  // namespace accounts
