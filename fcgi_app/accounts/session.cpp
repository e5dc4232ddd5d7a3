#include "accounts/session.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "accounts/audit.h"
#include "accounts/cookie_key.h"
#include "accounts/place.h"
#include "sql.h"

namespace accounts {
namespace {

constexpr std::size_t max_agent_bytes = 256;
constexpr std::size_t public_id_bytes = 16;

// Of a row whose columns from `first` on are key, account_id, created_at, last_seen_at, idle,
// ends_at, remembered, client, agent.
Session session_in(const store::Rows& rows, int first) {
    Session session;
    session.key = rows.hash(first);
    session.account_id = rows.integer(first + 1);
    session.created_at = rows.integer(first + 2);
    session.last_seen_at = rows.integer(first + 3);
    const base::Seconds idle_end = session.last_seen_at + rows.integer(first + 4);
    session.expires_at = std::min(idle_end, rows.integer(first + 5));
    session.remembered = rows.integer(first + 6) != 0;
    session.client = rows.text(first + 7);
    session.agent = rows.text(first + 8);
    return session;
}

// As a page can show it: one line of text, cut between two characters.
std::string shown_agent(std::string_view agent) {
    if (agent.size() > max_agent_bytes) {
        auto end = max_agent_bytes;
        while (end > 0 && (static_cast<unsigned char>(agent[end]) & 0xc0U) == 0x80U) --end;
        agent = agent.substr(0, end);
    }
    return base::clean_line(agent).value_or("");
}

// When sessions ended that is an event.
std::int64_t noted(store::Transaction& transaction, const Domain& domain, std::int64_t account_id,
                   std::int64_t ended) {
    if (ended > 0) audit(transaction, domain, Event::sessions_ended, Outcome::done, account_id);
    return ended;
}

}  // namespace

std::optional<SignedIn> find_session(Domain& domain, std::string_view cookie) {
    const auto key = key_of_cookie(cookie);
    if (!key) return std::nullopt;
    const base::Seconds now = domain.clock.now();
    auto rows = domain.database.read(sql::session::find, *key, now);
    if (!rows.next()) return std::nullopt;
    SignedIn found{account_in(rows), session_in(rows, 6)};
    if (now - found.session.last_seen_at >= touch_seconds) domain.touches.note(*key, now);
    return found;
}

NewSession start_session(store::Transaction& transaction, Domain& domain, const Account& account,
                         bool remember, const Device& device) {
    const SessionSettings& spans = domain.settings.session;
    const base::Seconds now = domain.clock.now();
    const base::Seconds idle = remember ? spans.remember_idle : spans.idle;
    const base::Seconds ends_at = now + spans.remember_absolute;
    auto [cookie, key] = make_cookie();
    Session session{key,
                    account.id,
                    now,
                    now,
                    std::min(now + idle, ends_at),
                    remember,
                    device.client,
                    shown_agent(device.agent)};
    transaction.run(sql::session::insert, key, account.id, now, idle, ends_at, remember,
                    session.client, session.agent);
    remember_place(transaction, account.id, device.client, now);
    return {{account, std::move(session)}, std::move(cookie)};
}

std::string public_id(const Session& session) {
    return base::base64url(base::bytes_of(session.key).substr(0, public_id_bytes));
}

std::vector<Session> list_sessions(Domain& domain, std::int64_t account_id) {
    std::vector<Session> sessions;
    auto rows = domain.database.read(sql::session::list, account_id, domain.clock.now());
    while (rows.next()) sessions.push_back(session_in(rows, 0));
    const auto use = [](const Session& one) { return std::pair(one.last_seen_at, one.created_at); };
    std::ranges::stable_sort(sessions, std::ranges::greater(), use);
    return sessions;
}

std::int64_t count_sessions(store::Database& database, std::int64_t limit) {
    return database.read(sql::session::count, limit).first_integer();
}

void end_session(Domain& domain, const Session& session) {
    domain.writer.run([&](store::Transaction& transaction) {
        end_session(transaction, session);
        audit(transaction, domain, Event::signed_out, Outcome::done, session.account_id);
    });
}

bool end_session(Domain& domain, std::int64_t account_id, std::string_view public_id) {
    const auto prefix = base::from_base64url(public_id);
    if (!prefix || prefix->size() != public_id_bytes) return false;
    return domain.writer.run([&](store::Transaction& transaction) {
        const auto ended =
            transaction.run(sql::session::end_public, account_id, store::Blob{*prefix});
        return noted(transaction, domain, account_id, ended) != 0;
    });
}

std::int64_t end_other_sessions(Domain& domain, const Session& current) {
    return domain.writer.run([&](store::Transaction& transaction) {
        return noted(transaction, domain, current.account_id,
                     end_other_sessions(transaction, current));
    });
}

std::int64_t end_all_sessions(Domain& domain, std::int64_t account_id) {
    return domain.writer.run([&](store::Transaction& transaction) {
        return noted(transaction, domain, account_id, end_all_sessions(transaction, account_id));
    });
}

std::int64_t end_all_sessions(store::Transaction& transaction, std::int64_t account_id) {
    return transaction.run(sql::session::end_all, account_id);
}

std::int64_t end_other_sessions(store::Transaction& transaction, const Session& current) {
    return transaction.run(sql::session::end_others, current.account_id, current.key);
}

void end_session(store::Transaction& transaction, const Session& session) {
    transaction.run(sql::session::end_one, session.key);
}

}  // namespace accounts
