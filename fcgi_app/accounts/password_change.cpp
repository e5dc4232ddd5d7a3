#include "accounts/password_change.h"

#include "accounts/credentials.h"
#include "accounts/password_reset.h"

namespace accounts {

PasswordChangeResult change_password(Domain& domain, const SignedIn& who, std::string_view current,
                                     std::string_view wanted) {
    const PasswordSettings& settings = domain.settings.password;
    if (const auto flaw = check_password(wanted, who.account.email, settings)) return *flaw;
    // Twice, because a sign-in elsewhere may have renewed the hash in between.
    for (int round = 0; round < 2; ++round) {
        const auto stored = find_credentials(domain, who.account.id);
        if (!stored || !verify_password(stored->password_hash, current)) break;
        const std::string hash = hash_password(wanted, settings);

        const base::Seconds now = domain.clock.now();
        const bool changed = domain.writer.run([&](store::Transaction& transaction) {
            if (!replace_password(transaction, *stored, hash)) return false;
            end_other_sessions(transaction, who.session);
            kill_tokens(transaction, who.account.id, now);
            return true;
        });
        if (changed) return PasswordChange::done;
    }
    return PasswordChange::wrong_current;
}

}  // namespace accounts
