#include "accounts/restored.h"

#include "sql.h"

namespace accounts {

void forget_what_passes(store::Database& database) {
    store::Transaction transaction(database);
    transaction.run(sql::session::forget_all);
    transaction.run(sql::token::forget_all);
    transaction.run(sql::claim::forget_all);
    transaction.run(sql::outbox::forget_due);
    transaction.commit();
}

}  // namespace accounts
