#include "accounts/mail_budget.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/client_network.h"
#include "sql.h"

namespace accounts {
namespace {

std::string mailbox_of(const base::EmailAddress& address) {
    const std::string& text = address.text();
    const auto at = text.rfind('@');
    const auto plus = text.find('+');
    if (plus == 0 || plus >= at) return text;
    return text.substr(0, plus) + text.substr(at);
}

}  // namespace

bool spend_mail(store::Transaction& transaction, const MailBudget& budget,
                const base::EmailAddress& recipient, std::string_view client, base::Seconds now) {
    struct Count {
        std::string_view scope;
        std::string key;
        int most;
    };
    // The narrowest first: what one network asks too much for is no mail that others go without.
    const std::array counts{Count{"network", base::network_of(client), budget.per_network},
                            Count{"address", mailbox_of(recipient), budget.per_address},
                            Count{"all", "", budget.in_all}};
    return !budget.enabled || std::ranges::all_of(counts, [&](const Count& count) {
        return transaction.run(sql::mail_budget::spend, count.scope, count.key, now,
                               now - base::hour, count.most) == 1;
    });
}

std::int64_t expire_mail_counts(store::Transaction& transaction, base::Seconds now, int limit) {
    return transaction.run(sql::mail_budget::expire, now - base::hour, limit);
}

}  // namespace accounts
