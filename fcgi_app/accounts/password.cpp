#include "accounts/password.h"

#include <sodium.h>

#include <array>
#include <charconv>

#include "accounts/common_password.h"
#include "base/ascii.h"
#include "base/email_address.h"

namespace accounts {
namespace {

// As it is measured and hashed. What is no text stays as it is: no stored password is like it, and
// it costs the same as any other wrong one.
base::Secret normalised(std::string_view password) {
    auto text = base::to_nfc(password);
    return text ? base::Secret(*std::move(text)) : base::Secret(std::string(password));
}

base::Secret folded(std::string_view text) {
    std::string lower(text);
    base::make_lower(lower);
    return base::Secret(std::move(lower));
}

// "$argon2id$v=19$m=19456,t=2,p=1$<salt>$<digest>", as libsodium writes it.
struct StoredHash {
    std::uint64_t memory_kib = 0;
    std::uint64_t passes = 0;
    std::array<unsigned char, crypto_pwhash_SALTBYTES> salt{};
    std::array<unsigned char, 32> digest{};
};

// Reads a text from left to right; each step gives whether what it wants stood there.
class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool word(std::string_view wanted) {
        if (!rest_.starts_with(wanted)) return false;
        rest_.remove_prefix(wanted.size());
        return true;
    }
    bool number(std::uint64_t& value) {
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return error == std::errc() && value > 0;
    }
    template <std::size_t N>
    bool base64(std::array<unsigned char, N>& bytes) {
        std::size_t size = 0;
        const char* end = nullptr;
        if (sodium_base642bin(bytes.data(), N, rest_.data(), rest_.size(), nullptr, &size, &end,
                              sodium_base64_VARIANT_ORIGINAL_NO_PADDING) != 0) {
            return false;
        }
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return size == N;
    }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }

  private:
    std::string_view rest_;
};

std::optional<StoredHash> read_hash(std::string_view text) {
    StoredHash hash;
    Reader reader(text);
    const bool readable = reader.word("$argon2id$v=19$m=") && reader.number(hash.memory_kib) &&
                          reader.word(",t=") && reader.number(hash.passes) &&
                          reader.word(",p=1$") && reader.base64(hash.salt) && reader.word("$") &&
                          reader.base64(hash.digest) && reader.at_end();
    if (!readable) return std::nullopt;
    return hash;
}

constexpr std::size_t bytes_of_kib(std::uint64_t kib) {
    return static_cast<std::size_t>(kib) * 1'024;
}

}  // namespace

std::optional<PasswordFlaw> check_password(std::string_view password, std::string_view email,
                                           const PasswordSettings& settings) {
    if (!base::is_utf8(password) || password.find('\0') != password.npos) {
        return PasswordFlaw::not_text;
    }
    const base::Secret text = normalised(password);
    if (text.size() > max_password_bytes) return PasswordFlaw::too_long;
    const auto characters = base::count_characters(text.reveal());
    if (characters < static_cast<std::size_t>(settings.min_length)) return PasswordFlaw::too_short;

    const base::Secret lower = folded(text.reveal());
    const auto is = [&](std::string_view other) { return folded(other) == lower; };
    if (is(email) || is(email.substr(0, email.rfind('@')))) return PasswordFlaw::is_own_address;
    if (is(settings.product_name) || is(settings.site_host)) return PasswordFlaw::is_site_name;
    if (is_common_password(lower.reveal())) return PasswordFlaw::too_common;
    return std::nullopt;
}

std::string hash_password(std::string_view password, const PasswordSettings& settings) {
    const base::Secret text = normalised(password);
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    if (crypto_pwhash_str_alg(hash.data(), text.reveal().data(), text.size(), settings.passes,
                              bytes_of_kib(settings.memory_kib),
                              crypto_pwhash_ALG_ARGON2ID13) != 0) {
        throw HashingFailed();
    }
    return hash.data();
}

// Not by crypto_pwhash_str_verify(): it says "no" alike for a wrong password and for no memory.
bool verify_password(std::string_view hash, std::string_view password) {
    const auto stored = read_hash(hash);
    if (!stored) return false;
    const base::Secret text = normalised(password);
    decltype(StoredHash::digest) digest{};
    if (crypto_pwhash(digest.data(), digest.size(), text.reveal().data(), text.size(),
                      stored->salt.data(), stored->passes, bytes_of_kib(stored->memory_kib),
                      crypto_pwhash_ALG_ARGON2ID13) != 0) {
        throw HashingFailed();
    }
    return sodium_memcmp(digest.data(), stored->digest.data(), digest.size()) == 0;
}

bool verify_nothing(std::string_view password, const PasswordSettings& settings) {
    (void)hash_password(password, settings);
    return false;
}

std::optional<HashCost> cost_of(std::string_view hash) noexcept {
    const auto stored = read_hash(hash);
    if (!stored) return std::nullopt;
    return HashCost{stored->memory_kib, stored->passes};
}

bool needs_rehash(std::string_view hash, const PasswordSettings& settings) {
    const auto stored = cost_of(hash);
    return !stored || stored->memory_kib != settings.memory_kib ||
           stored->passes != settings.passes;
}

}  // namespace accounts
