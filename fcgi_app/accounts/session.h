// Sessions: who is signed in, where. Owner of the table session.
//
// The cookie holds 256 random bits, the table their SHA-256. A session lives until it was idle for
// its idle span or its absolute end has come; finding one only reads. That it was used is noted at
// most every touch_seconds, by the TouchQueue, off the request.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/account.h"
#include "accounts/domain.h"
#include "accounts/touch_queue.h"
#include "base/secret.h"

namespace accounts {

inline constexpr base::Seconds touch_seconds = 5 * base::minute;

struct Session {
    base::Hash key{};  // SHA-256 of the cookie's bytes
    std::int64_t account_id = 0;
    base::Seconds created_at = 0;
    base::Seconds last_seen_at = 0;
    base::Seconds expires_at = 0;  // when it will be dead if it is not used again
    bool remembered = false;
    std::string client;  // address at sign-in
    std::string agent;   // User-Agent at sign-in, at most 256 bytes
};

struct SignedIn {
    Account account;
    Session session;
};

// What a new sign-in gives to the browser.
struct NewSession {
    SignedIn signed_in;
    base::Secret cookie;  // base64url, 43 characters
};

struct Device {
    std::string client;
    std::string agent;
};

// The live session of that cookie. Reads only. Nothing for any text that is no cookie of ours. A
// storage error throws.
[[nodiscard]] std::optional<SignedIn> find_session(Domain& domain, std::string_view cookie);

// Inside the caller's transaction, so that a sign-in is all or nothing. Its place is usual from now
// on.
[[nodiscard]] NewSession start_session(store::Transaction& transaction, Domain& domain,
                                       const Account& account, bool remember, const Device& device);

// An id that its owner may see and that is no cookie: base64url of the first 16 bytes of the key.
[[nodiscard]] std::string public_id(const Session& session);

[[nodiscard]] std::vector<Session> list_sessions(Domain& domain,
                                                 std::int64_t account_id);  // newest use first

// The dead ones that are not deleted yet included; counts up to that limit.
[[nodiscard]] std::int64_t count_sessions(store::Database& database, std::int64_t limit);

void end_session(Domain& domain, const Session& session);
// False when the account has no such session.
[[nodiscard]] bool end_session(Domain& domain, std::int64_t account_id, std::string_view public_id);
std::int64_t end_other_sessions(Domain& domain, const Session& current);
std::int64_t end_all_sessions(Domain& domain, std::int64_t account_id);

// ---- what the other features of accounts/ stand on: inside the caller's transaction ----

std::int64_t end_all_sessions(store::Transaction& transaction, std::int64_t account_id);
std::int64_t end_other_sessions(store::Transaction& transaction, const Session& current);
void end_session(store::Transaction& transaction, const Session& session);

}  // namespace accounts
