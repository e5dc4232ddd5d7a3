#include "accounts/notices.h"

#include "mail/outbox.h"

namespace accounts {
namespace {

constexpr base::Seconds worth_telling = 3 * base::day;

void tell(store::Transaction& transaction, mail::Kind kind, const Account& account,
          base::Seconds now) {
    const auto recipient = base::EmailAddress::parse(account.email);
    if (recipient) mail::enqueue(transaction, {kind, *recipient, 0, now + worth_telling}, now);
}

}  // namespace

void tell_password_changed(store::Transaction& transaction, const Account& account,
                           base::Seconds now) {
    tell(transaction, mail::Kind::password_changed, account, now);
}

void tell_signed_in_elsewhere(store::Transaction& transaction, const Account& account,
                              base::Seconds now) {
    tell(transaction, mail::Kind::signed_in_elsewhere, account, now);
}

}  // namespace accounts
