// Passwords: which are allowed, and how they are kept (Argon2id by libsodium).
//
// A password is brought to NFC once (RFC 8265), before it is measured, checked or hashed.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "accounts/domain.h"

namespace accounts {

inline constexpr std::size_t max_password_bytes = 1'024;

enum class PasswordFlaw { not_text, too_short, too_long, too_common, is_own_address, is_site_name };

// What speaks against it as a new password (NIST SP 800-63B-4 section 3.1.1.2): length and a
// blocklist, the whole password compared ignoring case; no rules of composition. email: canonical,
// may be "".
[[nodiscard]] std::optional<PasswordFlaw> check_password(std::string_view password,
                                                         std::string_view email,
                                                         const PasswordSettings& settings);

// No memory for a hash. Answered with 503, never with "wrong password".
class HashingFailed : public std::runtime_error {
  public:
    HashingFailed() : std::runtime_error("not enough memory to hash a password") {}
};

// A string that holds algorithm, cost and salt ("$argon2id$v=19$m=…"). Takes 10–20 ms and
// memory_kib.
[[nodiscard]] std::string hash_password(std::string_view password,
                                        const PasswordSettings& settings);

// False for a hash that is none of ours. Throws HashingFailed.
[[nodiscard]] bool verify_password(std::string_view hash, std::string_view password);

// The same work for an account that is not there, at the live cost. Always false; what an
// account takes whose hash has another one, pace.h keeps from being seen.
[[nodiscard]] bool verify_nothing(std::string_view password, const PasswordSettings& settings);

struct HashCost {
    std::uint64_t memory_kib;
    std::uint64_t passes;
};
// Nothing for a hash that is none of ours.
[[nodiscard]] std::optional<HashCost> cost_of(std::string_view hash) noexcept;

[[nodiscard]] bool needs_rehash(std::string_view hash, const PasswordSettings& settings);

}  // namespace accounts
