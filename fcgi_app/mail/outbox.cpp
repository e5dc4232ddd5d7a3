#include "mail/outbox.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/secret.h"
#include "sql.h"

namespace mail {
namespace {

using base::Seconds;

constexpr std::array<std::pair<Kind, std::string_view>, 8> kinds{{
    {Kind::verify, "verify"},
    {Kind::account_exists, "account_exists"},
    {Kind::reset_password, "reset_password"},
    {Kind::decoy, "decoy"},
    {Kind::withheld, "withheld"},
    {Kind::password_changed, "password_changed"},
    {Kind::signed_in_elsewhere, "signed_in_elsewhere"},
    {Kind::test, "test"},
}};

constexpr std::array<std::pair<State, std::string_view>, 5> states{{
    {State::due, "due"},
    {State::accepted, "accepted"},
    {State::shelved, "shelved"},
    {State::expired, "expired"},
    {State::discarded, "discarded"},
}};

// The words are looked up by place.
constexpr auto is_in_order = [](const auto& table) {
    std::size_t place = 0;
    return std::ranges::all_of(
        table, [&](const auto& entry) { return static_cast<std::size_t>(entry.first) == place++; });
};
static_assert(is_in_order(kinds) && kinds.back().first == Kind::test);
static_assert(is_in_order(states) && states.back().first == State::discarded);

template <typename Word, std::size_t count>
std::optional<Word> value_in(const std::array<std::pair<Word, std::string_view>, count>& table,
                             std::string_view text) noexcept {
    for (const auto& [entry, word] : table) {
        if (word == text) return entry;
    }
    return std::nullopt;
}

// After the first attempt, the second, …; the last one holds for all that follow.
constexpr std::array<Seconds, 7> delays{60,
                                        2 * base::minute,
                                        4 * base::minute,
                                        8 * base::minute,
                                        15 * base::minute,
                                        30 * base::minute,
                                        base::hour};
constexpr Seconds furthest = base::hour + lease_seconds;  // ahead of now, by any schedule

// What one UPDATE of rule 3 gave: a mail, or the id of a row that is none.
struct Taken {
    std::int64_t id;
    std::optional<Leased> mail;
};

std::optional<Leased> understand(const store::Rows& row, std::int64_t lease, Seconds lease_ends) {
    const auto kind = kind_of(row.text(1));
    auto recipient = base::EmailAddress::parse(row.text(2));
    if (!kind || !recipient) return std::nullopt;
    return Leased{.id = row.integer(0),
                  .kind = *kind,
                  .recipient = *std::move(recipient),
                  .subject_id = row.integer(3),
                  .message_id = std::string(row.text(4)),
                  .created_at = row.integer(5),
                  .expires_at = row.integer(6),
                  .attempts = static_cast<int>(row.integer(7)),
                  .unanswered = static_cast<int>(row.integer(8)),
                  .lease = lease,
                  .lease_ends = lease_ends};
}

std::optional<Taken> take_one(store::Transaction& transaction, const store::Query& query,
                              Seconds now) {
    const std::int64_t lease = base::random_id();
    store::Rows rows = transaction.query(query, now, now + lease_seconds, lease);
    if (!rows.next()) return std::nullopt;
    return Taken{rows.integer(0), understand(rows, lease, now + lease_seconds)};
}

}  // namespace

std::string_view word_for(Kind kind) noexcept {
    return kinds[static_cast<std::size_t>(kind)].second;
}

std::optional<Kind> kind_of(std::string_view word) noexcept {
    return value_in(kinds, word);
}

std::string_view word_for(State state) noexcept {
    return states[static_cast<std::size_t>(state)].second;
}

std::optional<State> state_of(std::string_view word) noexcept {
    return value_in(states, word);
}

std::int64_t enqueue(store::Transaction& transaction, const NewMail& mail, Seconds now) {
    return transaction
        .query(sql::outbox::enqueue, word_for(mail.kind), mail.recipient.text(), mail.subject_id,
               base::hex(base::random_secret(16).reveal()), now, mail.expires_at)
        .first_integer();
}

std::optional<Progress> latest_for_subject(store::Database& database, std::int64_t subject_id) {
    store::Rows rows = database.read(sql::outbox::latest_for_subject, subject_id);
    if (!rows.next()) return std::nullopt;
    return Progress{.state = state_of(rows.text(0)).value_or(State::shelved),
                    .attempts = static_cast<int>(rows.integer(1)),
                    .being_tried = rows.integer(2) != 0,
                    .next_try_at = rows.integer(3),
                    .created_at = rows.integer(4),
                    .finished_at = rows.optional_integer(5).value_or(0)};
}

std::int64_t purge_finished(store::Transaction& transaction, Seconds now, int limit) {
    return transaction.run(sql::outbox::purge, now - finished_kept, limit);
}

std::optional<Leased> take(store::Transaction& transaction, Order order, Seconds now) {
    for (;;) {
        std::optional<Taken> taken;
        if (order == Order::freshest)
            taken = take_one(transaction, sql::outbox::take_freshest, now);
        if (!taken) taken = take_one(transaction, sql::outbox::take_longest_due, now);
        if (!taken) return std::nullopt;
        if (taken->mail) return std::move(taken->mail);
        transaction.run(sql::outbox::shelve_unreadable, taken->id, now,
                        "this version cannot read the row");
    }
}

bool still_mine(store::Database& database, const Leased& mail, Seconds now) {
    if (now >= mail.lease_ends) return false;
    return database.read(sql::outbox::holds_lease, mail.id, mail.lease).next();
}

bool finish(store::Transaction& transaction, const Leased& mail, State state,
            std::string_view reply, Seconds now) {
    return transaction.run(sql::outbox::finish, mail.id, mail.lease, word_for(state), now, reply) ==
           1;
}

bool release(store::Transaction& transaction, const Leased& mail, std::string_view reply,
             Seconds due_at) {
    return transaction.run(sql::outbox::put_back, mail.id, mail.lease, due_at, reply) == 1;
}

std::optional<State> put_back(store::Transaction& transaction, const Leased& mail,
                              std::string_view reply, Seconds now) {
    const Seconds next = now + delay_after(mail.attempts);
    State state = State::due;
    if (mail.attempts >= max_attempts) state = State::shelved;
    if (next >= mail.expires_at) state = State::expired;
    const bool mine = state == State::due ? release(transaction, mail, reply, next)
                                          : finish(transaction, mail, state, reply, now);
    return mine ? std::optional(state) : std::nullopt;
}

Seconds delay_after(int attempts) {
    const auto row = static_cast<std::size_t>(std::clamp<int>(attempts, 1, delays.size())) - 1;
    const Seconds delay = delays[row];
    return delay - base::random_below(static_cast<std::uint32_t>(delay / 5));
}

std::optional<Seconds> next_due_at(store::Database& database) {
    store::Rows rows = database.read(sql::outbox::next_due_at);
    (void)rows.next();  // of an aggregate there is always one
    return rows.optional_integer(0);
}

bool has_dead(store::Database& database, Seconds now) {
    return database.read(sql::outbox::any_dead, now).next();
}

std::int64_t expire_dead(store::Transaction& transaction, Seconds now, int limit) {
    return transaction.run(sql::outbox::expire, now, limit);
}

bool is_out_of_schedule(store::Database& database, Seconds now) {
    return database.read(sql::outbox::last_due_at).first_integer() > now + furthest;
}

void pull_in(store::Transaction& transaction, Seconds now) {
    transaction.run(sql::outbox::pull_in, now, now + furthest);
}

}  // namespace mail
