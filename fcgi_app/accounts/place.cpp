#include "accounts/place.h"

#include "base/client_network.h"
#include "sql.h"

namespace accounts {

bool is_usual_place(Domain& domain, std::string_view email, std::string_view client) {
    return domain.database
        .read(sql::place::find, email, base::network_of(client), domain.clock.now() - usual_for)
        .next();
}

bool is_unusual_place(store::Transaction& transaction, std::int64_t account_id,
                      std::string_view client, base::Seconds now) {
    const std::string network = base::network_of(client);
    bool has_any = false;
    auto rows = transaction.query(sql::place::list, account_id, now - usual_for);
    for (; rows.next(); has_any = true) {
        if (rows.text(0) == network) return false;
    }
    return has_any;
}

void remember_place(store::Transaction& transaction, std::int64_t account_id,
                    std::string_view client, base::Seconds now) {
    transaction.run(sql::place::put, account_id, base::network_of(client), now);
}

}  // namespace accounts
