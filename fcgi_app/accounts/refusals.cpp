#include "accounts/refusals.h"

#include <utility>

#include "accounts/throttle.h"
#include "base/client_network.h"
#include "sql.h"

namespace accounts {
namespace {

std::string name_of(const Refusal& refusal, std::string_view whose) {
    std::string name(word_for(refusal.event));
    return name.append(1, ' ').append(whose);
}

std::string name_while_noted(const Refusal& refusal) {
    const std::string whose =
        refusal.account_id ? std::to_string(*refusal.account_id) : refusal.email;
    return name_of(refusal, whose + ' ' + base::network_of(refusal.client));
}

std::string name_when_told(const Refusal& refusal) {
    const std::string network = base::network_of(refusal.client);
    if (!refusal.account_id) return name_of(refusal, network);
    const std::string account = std::to_string(*refusal.account_id);
    // A throttle's networks are as many as strangers like; a role is asked for by the owner alone.
    const bool is_by_owner = refusal.event == Event::access_refused;
    return name_of(refusal, is_by_owner ? account + ' ' + network : account);
}

void find_account_of(Refusal& refusal, store::Database& database) {
    if (refusal.account_id || refusal.email.empty()) return;
    store::Rows rows = database.read(sql::account::find_by_email, refusal.email);
    if (rows.next()) refusal.account_id = rows.integer(0);
}

void tell(store::Transaction& transaction, const Refusal& refusal) {
    append(transaction, {.happened_at = refusal.happened_at,
                         .event = std::string(word_for(refusal.event)),
                         .outcome = std::string(word_for(Outcome::refused)),
                         .actor = "visitor",
                         .account_id = refusal.account_id,
                         .client = refusal.client});
}

}  // namespace

void RefusalQueue::note(Refusal refusal) {
    std::string name = name_while_noted(refusal);
    const std::lock_guard lock(mutex_);
    if (noted_.size() < capacity) noted_.try_emplace(std::move(name), std::move(refusal));
}

std::vector<Refusal> RefusalQueue::take() {
    std::map<std::string, Refusal> taken;
    {
        const std::lock_guard lock(mutex_);
        taken.swap(noted_);
    }
    std::vector<Refusal> refusals;
    for (auto& [name, refusal] : taken) refusals.push_back(std::move(refusal));
    return refusals;
}

void RefusalQueue::flush(store::Database& database) {
    std::vector<Refusal> pending = take();
    const auto is_known = [&](const Refusal& refusal) {
        return is_told(database, settings_, name_when_told(refusal), refusal.happened_at);
    };
    try {
        // Whoever goes on being refused costs reads and no transaction.
        for (Refusal& refusal : pending) find_account_of(refusal, database);
        std::erase_if(pending, is_known);
        if (pending.empty()) return;
        store::Transaction transaction(database);
        for (const Refusal& refusal : pending) {
            if (is_known(refusal)) continue;
            mark_told(transaction, settings_, name_when_told(refusal), refusal.happened_at);
            tell(transaction, refusal);
        }
        transaction.commit();
    } catch (...) {
        for (Refusal& refusal : pending) note(std::move(refusal));
        throw;
    }
}

void note_missing_role(Domain& domain, std::int64_t account_id) {
    domain.refusals.note(
        {Event::access_refused, account_id, "", domain.actor.client, domain.clock.now()});
}

}  // namespace accounts
