// An outbox of the test's own, on the disk, with a clock that the test moves.
#pragma once

#include <string>

#include "base/clock.h"
#include "mail/outbox.h"
#include "mail/outbox_admin.h"
#include "store/database.h"
#include "store/migrations.h"
#include "support/manual_clock.h"
#include "support/temporary_directory.h"

namespace mail_test {

inline base::EmailAddress address(const std::string& text) {
    return base::EmailAddress::parse(text).value();
}

struct Queue {
    support::TemporaryDirectory directory;
    std::filesystem::path file = directory.path() / "postern.db";
    int applied = store::migrate(file);
    store::Database database{file};
    support::ManualClock clock;

    std::int64_t enqueue(mail::Kind kind = mail::Kind::verify,
                         const std::string& recipient = "ann@example.org",
                         std::int64_t subject_id = 7, base::Seconds life = base::day) {
        store::Transaction transaction(database);
        const auto id = mail::enqueue(
            transaction, {kind, address(recipient), subject_id, clock.now() + life}, clock.now());
        transaction.commit();
        return id;
    }

    // Runs one function of the outbox in a transaction.
    template <typename Function, typename... Arguments>
    auto commit(Function function, const Arguments&... arguments) {
        store::Transaction transaction(database);
        auto result = function(transaction, arguments...);
        transaction.commit();
        return result;
    }

    std::optional<mail::Leased> take(mail::Order order = mail::Order::freshest) {
        return commit(mail::take, order, clock.now());
    }

    mail::Entry entry(std::int64_t id) { return mail::find(database, id).value(); }
    mail::State state(std::int64_t id) { return entry(id).state; }
};

}  // namespace mail_test

namespace mail {
inline std::ostream& operator<<(std::ostream& out, State state) {
    return out << word_for(state);
}
inline std::ostream& operator<<(std::ostream& out, Kind kind) {
    return out << word_for(kind);
}
}  // namespace mail
