// Bytes that must not be seen: what they are kept in, and the few operations that are allowed on
// them.
//
// A Secret wipes itself, cannot be printed or logged (it has no operator<<, no conversion to a
// string) and compares in constant time. Whoever needs the bytes has to write reveal(), which is
// what a reviewer greps for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace base {

using Hash = std::array<std::uint8_t, 32>;  // SHA-256 or HMAC-SHA-256

class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string&& bytes) noexcept;  // which is wiped
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret();

    [[nodiscard]] Secret clone() const { return Secret(std::string(bytes_)); }
    [[nodiscard]] std::string_view reveal() const noexcept { return bytes_; }
    [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
    [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }

    friend bool operator==(const Secret& a,
                           const Secret& b) noexcept;  // constant time for equal sizes

  private:
    std::string bytes_;
};

// A Secret that stays for as long as the process, like a signing key: in memory of its own that is
// never swapped out nor dumped, cannot be written to, and lies between pages that nobody may touch.
// It takes some pages, so it is not for what comes with a request.
class GuardedSecret {
  public:
    explicit GuardedSecret(const Secret& secret);  // throws std::bad_alloc
    GuardedSecret(GuardedSecret&& other) noexcept;
    GuardedSecret& operator=(GuardedSecret&&) = delete;
    GuardedSecret(const GuardedSecret&) = delete;
    GuardedSecret& operator=(const GuardedSecret&) = delete;
    ~GuardedSecret();

    [[nodiscard]] std::string_view reveal() const noexcept { return {bytes_, size_}; }

  private:
    char* bytes_;
    std::size_t size_;
};

// Must run once before any other function of this header; throws std::runtime_error when the
// system has no randomness.
void start_cryptography();

[[nodiscard]] Secret random_secret(std::size_t bytes);

// A random positive number of at most 62 bits: ids that tell nothing about how many there are.
[[nodiscard]] std::int64_t random_id();

// Uniform in [0, bound). For jitter, never for secrets.
[[nodiscard]] std::uint32_t random_below(std::uint32_t bound);

[[nodiscard]] Hash sha256(std::string_view bytes) noexcept;
[[nodiscard]] Hash hmac_sha256(const Secret& key, std::string_view bytes) noexcept;
[[nodiscard]] Hash hmac_sha256(const GuardedSecret& key, std::string_view bytes) noexcept;
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

void wipe(std::string& bytes) noexcept;  // zeroes the whole buffer, then empties the string

[[nodiscard]] std::string hex(std::string_view bytes);  // "0fa7…"

// base64url without padding (RFC 4648 section 5). Decoding accepts only the canonical form.
[[nodiscard]] std::string base64url(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

[[nodiscard]] inline std::string_view bytes_of(const Hash& hash) noexcept {
    return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

}  // namespace base
