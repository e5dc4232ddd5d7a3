// What every feature of accounts/ works with: its thread's database, the process's writer, the
// clock, the keys, the rules.
//
// One Domain a thread. The features are functions over it; each writes at most once, shortly, and
// hashes outside of it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/clock.h"
#include "base/keys.h"
#include "store/database.h"
#include "store/writer.h"

namespace accounts {

class Pace;
class RefusalQueue;
class TouchQueue;

struct PasswordSettings {
    int min_length = 15;                // characters; NIST SP 800-63B-4 section 3.1.1.2
    std::uint64_t memory_kib = 19'456;  // OWASP: 19 MiB with two passes
    std::uint64_t passes = 2;
    std::string product_name = "postern";  // refused as a password
    std::string site_host;                 // the host of public_origin: refused as a password
};

struct SessionSettings {
    base::Seconds idle = 12 * base::hour;
    base::Seconds remember_idle = 14 * base::day;
    base::Seconds remember_absolute = 90 * base::day;
};

// Mails an hour that the public forms may cause (mail_budget.h).
struct MailBudget {
    bool enabled = true;
    int per_address = 6;
    int per_network = 60;
    int in_all = 3'000;
};

// How many failed proofs of a password are borne in one window; throttle.h has the rules.
struct ThrottleSettings {
    bool enabled = true;
    base::Seconds window = 1 * base::hour;
    int failures_per_account = 10;
    int failures_per_network = 100;  // an IPv4 /24 or an IPv6 /48
    int failures_in_all = 10'000;
};

struct Settings {
    PasswordSettings password;
    SessionSettings session;
    MailBudget mail_budget;
    ThrottleSettings throttle;
    bool registration_open = true;
    base::Seconds claim_life = 24 * base::hour;
    base::Seconds reset_life = 1 * base::hour;
    int code_tries = 10;  // wrong codes a claim
};

// For whom the thread works just now; the pipeline says it anew for each request. Commands are an
// operator's.
struct Actor {
    bool is_visitor = false;
    std::string client;  // network address of a visitor
};

struct Domain {
    store::Database& database;  // of this thread, to read
    store::Writer& writer;      // of the process, for short writes
    const base::Clock& clock;
    const base::Keys& keys;
    const Settings& settings;
    TouchQueue& touches;
    RefusalQueue& refusals;
    Pace& pace;
    Actor actor{};
};

}  // namespace accounts
