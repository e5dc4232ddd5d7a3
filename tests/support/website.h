// Postern's web over a real database in a directory of its own, with a clock that a test moves and
// passwords that cost next to nothing to hash.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "accounts/account.h"
#include "accounts/pace.h"
#include "accounts/password_reset.h"
#include "accounts/refusals.h"
#include "accounts/registration.h"
#include "accounts/session.h"
#include "base/email_address.h"
#include "store/migrations.h"
#include "support/manual_clock.h"
#include "support/temporary_directory.h"
#include "web/site.h"

namespace support {

inline const std::string good_password = "four words that fit together";
inline const std::string other_password = "quite another set of words";

class Website {
  public:
    // What a test may change before it opens the first worker or sends the first request.
    accounts::Settings rules;
    web::Settings settings{base::Addresses("https://example.org", "/account"), "Example", "", {}};
    web::Services services{[this] { ++wakes; }, {}};
    base::Keys keys{make_keys()};
    ManualClock clock;
    accounts::Pace pace{rules.password};
    int wakes = 0;

    Website() {
        rules.password.memory_kib = 8;
        rules.password.passes = 1;
        store::migrate(file());
    }

    // What a process of the pool has for itself.
    struct Worker {
        explicit Worker(Website& website)
            : database(website.file()),
              writer(website.file()),
              refusals(website.rules.throttle),
              domain{database,      writer,  website.clock, website.keys,
                     website.rules, touches, refusals,      website.pace} {}
        store::Database database;
        store::Writer writer;
        accounts::TouchQueue touches;
        accounts::RefusalQueue refusals;
        accounts::Domain domain;
    };

    Worker& worker() {
        if (!worker_) worker_ = std::make_unique<Worker>(*this);
        return *worker_;
    }
    accounts::Domain& domain() { return worker().domain; }
    const web::Site& site() {
        if (!site_) site_ = std::make_unique<web::Site>(settings, services);
        return *site_;
    }
    [[nodiscard]] std::filesystem::path file() const { return directory_.path() / "postern.db"; }

    accounts::Account add_account(const std::string& email,
                                  const std::vector<std::string>& roles = {}) {
        return accounts::add_account(domain(), *base::EmailAddress::parse(email), std::nullopt,
                                     roles, good_password)
            .account;
    }

    // The first number that a statement gives, past all code of ours.
    [[nodiscard]] std::int64_t number(const std::string& sql) const {
        sqlite3* handle = nullptr;
        sqlite3_stmt* statement = nullptr;
        std::int64_t value = 0;
        if (sqlite3_open_v2(file().c_str(), &handle, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK ||
            sqlite3_prepare_v2(handle, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK ||
            sqlite3_step(statement) != SQLITE_ROW) {
            const std::string what = sqlite3_errmsg(handle);
            sqlite3_finalize(statement);
            sqlite3_close(handle);
            throw std::runtime_error(sql + ": " + what);
        }
        value = sqlite3_column_int64(statement, 0);
        sqlite3_finalize(statement);
        sqlite3_close(handle);
        return value;
    }

    // What stands in the last mail: its token or code is signed, not stored.
    [[nodiscard]] std::int64_t subject_of_last_mail() const {
        return number("SELECT subject_id FROM outbox ORDER BY id DESC LIMIT 1");
    }
    [[nodiscard]] std::string verify_token() const {
        return keys.link_token(base::Purpose::verify, subject_of_last_mail());
    }
    [[nodiscard]] std::string verify_code() const {
        return keys.code(base::Purpose::verify, subject_of_last_mail());
    }
    [[nodiscard]] std::string reset_token() const {
        return keys.link_token(base::Purpose::reset_password, subject_of_last_mail());
    }

  private:
    static std::vector<base::Secret> make_keys() {
        std::vector<base::Secret> keys;
        keys.push_back(base::random_secret(32));
        return keys;
    }

    TemporaryDirectory directory_;
    std::unique_ptr<Worker> worker_;
    std::unique_ptr<web::Site> site_;
};

}  // namespace support
