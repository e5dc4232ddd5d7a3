#include "accounts/sign_in.h"

#include <chrono>

#include "accounts/audit.h"
#include "accounts/credentials.h"
#include "accounts/notices.h"
#include "accounts/pace.h"
#include "accounts/password.h"
#include "accounts/place.h"
#include "base/email_address.h"

namespace accounts {
namespace {

using Address = std::optional<base::EmailAddress>;  // nothing: what was typed is none

// Whether that is the password; for no account the same work, and no.
bool is_right(Domain& domain, const std::optional<Credentials>& stored, std::string_view password) {
    const PasswordSettings& live = domain.settings.password;
    const auto cost = stored ? cost_of(stored->password_hash)
                             : std::optional(HashCost{live.memory_kib, live.passes});
    const auto start = std::chrono::steady_clock::now();
    const bool right =
        stored ? verify_password(stored->password_hash, password) : verify_nothing(password, live);
    if (cost) domain.pace.note(*cost, std::chrono::steady_clock::now() - start);
    return right;
}

// Who that is, when the password is right and the account may be entered. Hashes once in any case.
std::optional<Credentials> verified(Domain& domain, const Address& address,
                                    std::string_view password) {
    auto stored = address ? find_credentials(domain, *address) : std::nullopt;
    if (!is_right(domain, stored, password)) return std::nullopt;
    if (stored->account.state != AccountState::active) return std::nullopt;
    return stored;
}

// Its hash at the live cost, when the cost was changed since it was made.
std::optional<std::string> renewed_hash(Domain& domain, const Credentials& who,
                                        std::string_view password) {
    const PasswordSettings& settings = domain.settings.password;
    if (!needs_rehash(who.password_hash, settings)) return std::nullopt;
    return hash_password(password, settings);
}

// What a browser gets that opens the account, and what it had before.
struct Entry {
    bool remember;
    const Device& device;
    const std::optional<SignedIn>& previous;
};

// Nothing when the password was changed or renewed since it was verified.
std::optional<NewSession> enter(store::Transaction& transaction, Domain& domain,
                                const Credentials& who, const std::optional<std::string>& renewed,
                                const Entry& entry) {
    const bool holds =
        renewed ? replace_password(transaction, who, *renewed) : may_enter(transaction, who);
    if (!holds) return std::nullopt;
    const base::Seconds now = domain.clock.now();
    if (is_unusual_place(transaction, who.account.id, entry.device.client, now)) {
        tell_signed_in_elsewhere(transaction, who.account, now);
    }
    if (entry.previous) end_session(transaction, entry.previous->session);
    forgive(transaction, {who.account.email, entry.device.client});
    audit(transaction, domain, Event::signed_in, Outcome::done, who.account.id);
    return start_session(transaction, domain, who.account, entry.remember, entry.device);
}

std::optional<NewSession> try_to_enter(Domain& domain, const Address& address,
                                       std::string_view password, const Entry& entry) {
    // Twice, because another sign-in of the same account may have renewed the hash in between.
    for (int round = 0; round < 2; ++round) {
        const auto who = verified(domain, address, password);
        if (!who) return std::nullopt;
        const auto renewed = renewed_hash(domain, *who, password);

        auto session = domain.writer.run([&](store::Transaction& transaction) {
            return enter(transaction, domain, *who, renewed, entry);
        });
        if (session) return session;
    }
    return std::nullopt;
}

void note_failure(Domain& domain, const Address& address, const Attempt& attempt) {
    domain.writer.run([&](store::Transaction& transaction) {
        const auto account = address ? find_account(transaction, *address) : std::nullopt;
        count_failure(transaction, domain, attempt);
        audit(transaction, domain, Event::signed_in, Outcome::refused,
              account ? std::optional(account->id) : std::nullopt);
    });
}

}  // namespace

SignInResult sign_in(Domain& domain, std::string_view email, std::string_view password,
                     bool remember, const Device& device, const std::optional<SignedIn>& previous) {
    const auto address = base::EmailAddress::parse(email);
    const Attempt attempt{address ? address->text() : "", device.client};
    if (const auto throttled = is_throttled(domain, attempt)) return *throttled;
    auto session = try_to_enter(domain, address, password, {remember, device, previous});
    if (session) return *std::move(session);
    note_failure(domain, address, attempt);
    return SignInRefusal::refused;
}

}  // namespace accounts
