#include "mail/outbox_admin.h"

#include <algorithm>
#include <utility>

#include "sql.h"

namespace mail {
namespace {

Entry entry_of(const store::Rows& row) {
    return Entry{.id = row.integer(0),
                 .kind = std::string(row.text(1)),
                 .recipient = std::string(row.text(2)),
                 .message_id = std::string(row.text(3)),
                 .state = state_of(row.text(4)).value_or(State::shelved),
                 .attempts = static_cast<int>(row.integer(5)),
                 .being_tried = row.integer(6) != 0,
                 .next_attempt_at = row.integer(7),
                 .created_at = row.integer(8),
                 .expires_at = row.integer(9),
                 .finished_at = row.optional_integer(10),
                 .last_reply = row.optional_text(11)};
}

std::vector<Entry> entries_of(store::Rows rows) {
    std::vector<Entry> entries;
    while (rows.next()) entries.push_back(entry_of(rows));
    return entries;
}

}  // namespace

std::vector<Entry> list(store::Database& database, std::optional<State> state, int limit) {
    if (!state) return entries_of(database.read(sql::outbox::show_all, limit));
    return entries_of(database.read(sql::outbox::show_state, word_for(*state), limit));
}

std::optional<Entry> find(store::Database& database, std::int64_t id) {
    store::Rows rows = database.read(sql::outbox::show_one, id);
    if (!rows.next()) return std::nullopt;
    return entry_of(rows);
}

bool retry(store::Transaction& transaction, std::int64_t id, base::Seconds now) {
    return transaction.run(sql::outbox::retry, id, now) == 1;
}

bool drop(store::Transaction& transaction, std::int64_t id, base::Seconds now) {
    return transaction.run(sql::outbox::drop_one, id, now) == 1;
}

Statistics statistics(store::Database& database) {
    Statistics result;
    for (const State state :
         {State::due, State::accepted, State::shelved, State::expired, State::discarded}) {
        result.count[state] = 0;
    }
    store::Rows counts = database.read(sql::outbox::count_by_state);
    while (counts.next()) {
        if (const auto state = state_of(counts.text(0))) result.count[*state] = counts.integer(1);
    }
    store::Rows due = database.read(sql::outbox::due_summary);
    (void)due.next();  // of an aggregate there is always one
    result.oldest_due = due.optional_integer(0);
    result.most_attempts = static_cast<int>(due.integer(1));
    return result;
}

Backlog backlog(store::Database& database, base::Seconds now, std::int64_t limit) {
    Backlog result;
    result.due = database.read(sql::outbox::count_due, limit).first_integer();
    result.shelved = database.read(sql::outbox::count_shelved, limit).first_integer();
    if (const auto next = next_due_at(database))
        result.overdue = std::max<base::Seconds>(0, now - *next);
    return result;
}

}  // namespace mail
