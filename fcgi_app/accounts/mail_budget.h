// How much mail the public forms (register, resend, reset) may cause, so that they are no mail
// bomb. Owner of the table mail_budget.
//
//  1. Counted for the address, for the client's network and in all, each for an hour from its first
//     mail, in the database: all workers share the counts, and a restart forgets none.
//  2. Every request counts alike, also the one whose mail is a decoy, so that a budget that is used
//     up says nothing about accounts. Mails that are about something that an account's owner did,
//     and the operator's, come by no public form: they count nothing and are never withheld.
//  3. Over the budget the form does and answers the same; its outbox row is of a kind that is never
//     sent. Such a request counts no further, so that a stranger who goes on asking keeps an
//     address from mail for no longer than its hour.
//  4. "+tag" in an address does not make it another mailbox.
//
// Threads and failures: inside the caller's transaction; store::Error.
#pragma once

#include <string_view>

#include "accounts/domain.h"
#include "base/email_address.h"

namespace accounts {

// Whether the form may cause one more mail; it is counted then.
[[nodiscard]] bool spend_mail(store::Transaction& transaction, const MailBudget& budget,
                              const base::EmailAddress& recipient, std::string_view client,
                              base::Seconds now);

// Deletes at most `limit` counts whose hour is over; gives how many.
std::int64_t expire_mail_counts(store::Transaction& transaction, base::Seconds now, int limit);

}  // namespace accounts
