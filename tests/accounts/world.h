// A small site of the tests' own: a real database file, a clock that stands still, cheap hashes.
#pragma once

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <fstream>
#include <functional>
#include <latch>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "accounts/account.h"
#include "accounts/domain.h"
#include "accounts/pace.h"
#include "accounts/refusals.h"
#include "accounts/sign_in.h"
#include "accounts/touch_queue.h"
#include "mail/outbox.h"
#include "sql.h"
#include "store/migrations.h"
#include "store/statements.h"
#include "support/manual_clock.h"
#include "support/skip.h"
#include "support/temporary_directory.h"

namespace world {

inline const std::string good_password = "violet harbour 1857 tin";
inline const std::string other_password = "grey lantern under nine";
inline const accounts::Device device{"203.0.113.7", "Mozilla/5.0 (X11; Linux)"};

inline base::EmailAddress address(std::string_view text) {
    return base::EmailAddress::parse(text).value();
}

inline store::Query query(const char* text) {
    static std::size_t next_index = store::statements::first_free;
    return {"test.query", text, next_index++};
}

inline const auto count_accounts = query("SELECT count(*) FROM account");
inline const auto count_claims = query("SELECT count(*) FROM claim");
inline const auto count_mails = query("SELECT count(*) FROM outbox");
inline const auto count_sessions = query("SELECT count(*) FROM session");
inline const auto count_tokens = query("SELECT count(*) FROM token");

// How often each query of ours runs meanwhile.
template <typename Act>
std::vector<std::uint64_t> steps_of(const Act& act) {
    std::vector<std::uint64_t> runs;
    for (const auto& query : sql::all) runs.push_back(store::times_run(query));
    act();
    for (std::size_t i = 0; i < runs.size(); ++i) {
        runs[i] = store::times_run(sql::all[i]) - runs[i];
    }
    return runs;
}

inline constexpr std::uint64_t more_than_there_is = 1ULL << 31;  // KiB: two TiB

// Whether a hash that takes more memory than there is fails. Where the system promises what it does
// not have, asking for that is no test.
inline bool can_forbid_hashing() {
    std::ifstream file("/proc/sys/vm/overcommit_memory");
    int mode = 1;
    file >> mode;
    if (mode == 1) support::skip("the system promises memory that it does not have");
    return mode != 1;
}

inline accounts::Settings cheap_settings() {
    accounts::Settings settings;
    settings.password.memory_kib = 64;
    settings.password.passes = 1;
    settings.mail_budget.enabled = false;  // its own test switches it on
    settings.password.site_host = "accounts.example.org";
    return settings;
}

// What all threads of a site share.
struct Shared {
    Shared() { store::migrate(file); }

    support::TemporaryDirectory directory;
    std::filesystem::path file = directory.path() / "test.db";
    store::Writer writer{file};
    support::ManualClock clock;
    base::Keys keys = [] {
        std::vector<base::Secret> secrets;
        secrets.push_back(base::random_secret(32));
        return base::Keys(std::move(secrets));
    }();
    accounts::Settings settings = cheap_settings();
    accounts::TouchQueue touches;
    accounts::RefusalQueue refusals{settings.throttle};
    accounts::Pace pace{settings.password};
};

// One thread's part of it.
struct Worker {
    explicit Worker(Shared& shared)
        : database(shared.file), domain{database,        shared.writer,   shared.clock,
                                        shared.keys,     shared.settings, shared.touches,
                                        shared.refusals, shared.pace} {}

    store::Database database;
    accounts::Domain domain;
};

// The session; nothing when the sign-in was refused or throttled.
inline std::optional<accounts::NewSession> session_of(accounts::SignInResult result) {
    auto* session = std::get_if<accounts::NewSession>(&result);
    return session == nullptr ? std::nullopt : std::optional(std::move(*session));
}

struct World : Shared, Worker {
    World() : Worker(static_cast<Shared&>(*this)) {}

    accounts::Account add(std::string_view email = "ada@example.org",
                          const std::string& password = good_password) {
        return accounts::add_account(domain, address(email), std::nullopt, {}, password).account;
    }

    accounts::NewSession open(const accounts::Account& account, bool remember = false) {
        store::Transaction transaction(database);
        auto session = accounts::start_session(transaction, domain, account, remember, device);
        transaction.commit();
        return session;
    }

    bool is_live(const accounts::NewSession& session) {
        return accounts::find_session(domain, session.cookie.reveal()).has_value();
    }

    accounts::SignInResult sign_in(const std::string& password,
                                   std::string_view email = "ada@example.org",
                                   const accounts::Device& from = device) {
        return accounts::sign_in(domain, email, password, false, from, std::nullopt);
    }
    bool opens(const std::string& password, std::string_view email = "ada@example.org") {
        return session_of(sign_in(password, email)).has_value();
    }

    // The newest mail that was not asked for yet; nothing when there is none.
    std::optional<mail::Leased> next_mail() {
        store::Transaction transaction(database);
        auto taken = mail::take(transaction, mail::Order::freshest, clock.now());
        transaction.commit();
        return taken;
    }

    std::int64_t ask(const store::Query& question) {
        auto rows = database.read(question);
        return rows.next() ? rows.integer(0) : -1;
    }

    void tell(const store::Query& statement) {
        store::Transaction transaction(database);
        transaction.run(statement);
        transaction.commit();
    }
};

// How many of so many threads, each a worker of its own, that start together come back with true.
inline int at_once(Shared& shared, int threads, const std::function<bool(accounts::Domain&)>& act) {
    std::latch start(threads);
    std::atomic<int> successes = 0;
    std::vector<std::jthread> running;
    for (int i = 0; i < threads; ++i) {
        running.emplace_back([&] {
            Worker worker(shared);
            start.arrive_and_wait();
            if (act(worker.domain)) ++successes;
        });
    }
    running.clear();  // joins
    return successes;
}

}  // namespace world
