#include "accounts/audit.h"

#include <algorithm>
#include <array>
#include <utility>

#include "sql.h"

namespace accounts {
namespace {

constexpr int rows_a_read = 1'000;

constexpr std::array<std::pair<Event, std::string_view>, 15> events{{
    {Event::account_opened, "account_opened"},
    {Event::account_added, "account_added"},
    {Event::account_deleted, "account_deleted"},
    {Event::account_locked, "account_locked"},
    {Event::account_unlocked, "account_unlocked"},
    {Event::roles_changed, "roles_changed"},
    {Event::signed_in, "signed_in"},
    {Event::signed_out, "signed_out"},
    {Event::sessions_ended, "sessions_ended"},
    {Event::password_changed, "password_changed"},
    {Event::reset_requested, "reset_requested"},
    {Event::reset_link_made, "reset_link_made"},
    {Event::password_reset, "password_reset"},
    {Event::access_refused, "access_refused"},
    {Event::throttled, "throttled"},
}};

// The words are looked up by place.
static_assert([] {
    std::size_t place = 0;
    return std::ranges::all_of(events, [&](const auto& entry) {
        return static_cast<std::size_t>(entry.first) == place++;
    });
}());
static_assert(events.back().first == Event::throttled);

AuditRow row_in(const store::Rows& rows) {
    return {rows.integer(0),           rows.integer(1),
            std::string(rows.text(2)), std::string(rows.text(3)),
            std::string(rows.text(4)), rows.optional_integer(5),
            std::string(rows.text(6)), rows.hash(7)};
}

AuditHead head_in(store::Rows rows) {
    if (!rows.next()) return {};
    return {rows.integer(0), rows.hash(1)};
}

std::vector<AuditRow> all_of(store::Rows rows) {
    std::vector<AuditRow> list;
    while (rows.next()) list.push_back(row_in(rows));
    return list;
}

// What the row's hash must be. Each part with its length in front, so that no two contents read
// alike.
base::Hash hash_after(const base::Hash& before, const AuditRow& row) {
    std::string text(base::bytes_of(before));
    const auto add = [&text](std::string_view part) {
        text.append(std::to_string(part.size())).append(":").append(part);
    };
    add(std::to_string(row.id));
    add(std::to_string(row.happened_at));
    add(row.event);
    add(row.outcome);
    add(row.actor);
    add(row.account_id ? std::to_string(*row.account_id) : "");
    add(row.client);
    return base::sha256(text);
}

}  // namespace

std::string_view word_for(Event event) noexcept {
    return events[static_cast<std::size_t>(event)].second;
}

std::string_view word_for(Outcome outcome) noexcept {
    return outcome == Outcome::done ? "done" : "refused";
}

void audit(store::Transaction& transaction, const Domain& domain, Event event, Outcome outcome,
           std::optional<std::int64_t> account_id) {
    append(transaction, {.happened_at = domain.clock.now(),
                         .event = std::string(word_for(event)),
                         .outcome = std::string(word_for(outcome)),
                         .actor = domain.actor.is_visitor ? "visitor" : "operator",
                         .account_id = account_id,
                         .client = domain.actor.client});
}

void append(store::Transaction& transaction, AuditRow row) {
    const AuditHead head = head_in(transaction.query(sql::audit::newest));
    row.id = head.id + 1;
    row.hash = hash_after(head.hash, row);
    transaction.run(sql::audit::insert, row.id, row.happened_at, row.event, row.outcome, row.actor,
                    row.account_id, row.client, row.hash);
}

std::vector<AuditRow> list_events(Domain& domain, std::int64_t account_id, int limit) {
    return all_of(domain.database.read(sql::audit::list_of_account, account_id, limit));
}

std::vector<AuditRow> list_events_after(store::Database& database, std::int64_t after, int limit) {
    return all_of(database.read(sql::audit::list, after, limit));
}

AuditHead audit_head(store::Database& database) {
    return head_in(database.read(sql::audit::newest));
}

AuditVerdict verify_audit(store::Database& database, const std::optional<AuditHead>& anchor) {
    AuditVerdict verdict;
    verdict.anchor_holds = !anchor || *anchor == AuditHead{};
    for (bool more = true; more;) {
        const auto rows = list_events_after(database, verdict.head.id, rows_a_read);
        more = rows.size() == rows_a_read;
        for (const AuditRow& row : rows) {
            const bool is_oldest = verdict.checked == 0 && row.id > 1;
            const bool follows = is_oldest || (row.id == verdict.head.id + 1 &&
                                               row.hash == hash_after(verdict.head.hash, row));
            if (!follows && !verdict.broken_at) verdict.broken_at = row.id;
            verdict.head = {row.id, row.hash};
            if (anchor && verdict.head == *anchor) verdict.anchor_holds = true;
            ++verdict.checked;
        }
    }
    return verdict;
}

}  // namespace accounts
