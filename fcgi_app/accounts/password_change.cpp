#include "accounts/password_change.h"

#include "accounts/audit.h"
#include "accounts/credentials.h"
#include "accounts/notices.h"
#include "accounts/password_reset.h"

namespace accounts {
namespace {

PasswordChange replace(Domain& domain, const SignedIn& who, const Attempt& attempt,
                       std::string_view current, std::string_view wanted) {
    const base::Seconds now = domain.clock.now();
    // Twice, because a sign-in elsewhere may have renewed the hash in between.
    for (int round = 0; round < 2; ++round) {
        const auto stored = find_credentials(domain, who.account.id);
        if (!stored || !verify_password(stored->password_hash, current)) break;
        const std::string hash = hash_password(wanted, domain.settings.password);

        const bool changed = domain.writer.run([&](store::Transaction& transaction) {
            if (!replace_password(transaction, *stored, hash)) return false;
            end_other_sessions(transaction, who.session);
            kill_tokens(transaction, who.account.id, now);
            audit(transaction, domain, Event::password_changed, Outcome::done, who.account.id);
            tell_password_changed(transaction, who.account, now);
            return true;
        });
        if (changed) return PasswordChange::done;
    }
    domain.writer.run([&](store::Transaction& transaction) {
        count_failure(transaction, domain, attempt);
        audit(transaction, domain, Event::password_changed, Outcome::refused, who.account.id);
    });
    return PasswordChange::wrong_current;
}

}  // namespace

PasswordChangeResult change_password(Domain& domain, const SignedIn& who, std::string_view client,
                                     std::string_view current, std::string_view wanted) {
    const PasswordSettings& settings = domain.settings.password;
    if (const auto flaw = check_password(wanted, who.account.email, settings)) return *flaw;
    const Attempt attempt{who.account.email, std::string(client)};
    if (const auto throttled = is_throttled(domain, attempt)) return *throttled;
    return replace(domain, who, attempt, current, wanted);
}

}  // namespace accounts
