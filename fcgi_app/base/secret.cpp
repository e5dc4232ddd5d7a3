#include "base/secret.h"

#include <sodium.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace base {
namespace {

const unsigned char* unsigned_bytes(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

Hash hmac(std::string_view key, std::string_view bytes) noexcept {
    Hash mac{};
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, unsigned_bytes(key), key.size());
    crypto_auth_hmacsha256_update(&state, unsigned_bytes(bytes), bytes.size());
    crypto_auth_hmacsha256_final(&state, mac.data());
    sodium_memzero(&state, sizeof state);
    return mac;
}

}  // namespace

// A string of up to 15 bytes keeps them in itself, also when it has been moved from: hence the
// wiping of each source.
Secret::Secret(std::string&& bytes) noexcept {
    bytes_.swap(bytes);
    wipe(bytes);
}

Secret::Secret(Secret&& other) noexcept {
    bytes_.swap(other.bytes_);
    wipe(other.bytes_);
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe(bytes_);
        bytes_.swap(other.bytes_);
        wipe(other.bytes_);
    }
    return *this;
}

Secret::~Secret() {
    wipe(bytes_);
}

bool operator==(const Secret& a, const Secret& b) noexcept {
    return equal_in_constant_time(a.bytes_, b.bytes_);
}

GuardedSecret::GuardedSecret(const Secret& secret)
    : bytes_(static_cast<char*>(sodium_malloc(secret.size()))), size_(secret.size()) {
    if (bytes_ == nullptr) throw std::bad_alloc();
    secret.reveal().copy(bytes_, size_);
    sodium_mprotect_readonly(bytes_);
}

GuardedSecret::GuardedSecret(GuardedSecret&& other) noexcept
    : bytes_(std::exchange(other.bytes_, nullptr)), size_(std::exchange(other.size_, 0)) {}

GuardedSecret::~GuardedSecret() {
    sodium_free(bytes_);
}

void start_cryptography() {
    if (sodium_init() < 0) throw std::runtime_error("no source of randomness");
}

Secret random_secret(std::size_t bytes) {
    std::string buffer(bytes, '\0');
    randombytes_buf(buffer.data(), buffer.size());
    return Secret(std::move(buffer));
}

std::int64_t random_id() {
    std::uint64_t id = 0;
    while (id == 0) {
        randombytes_buf(&id, sizeof id);
        id >>= 2;
    }
    return static_cast<std::int64_t>(id);
}

std::uint32_t random_below(std::uint32_t bound) {
    return randombytes_uniform(bound);
}

Hash sha256(std::string_view bytes) noexcept {
    Hash hash{};
    crypto_hash_sha256(hash.data(), unsigned_bytes(bytes), bytes.size());
    return hash;
}

Hash hmac_sha256(const Secret& key, std::string_view bytes) noexcept {
    return hmac(key.reveal(), bytes);
}

Hash hmac_sha256(const GuardedSecret& key, std::string_view bytes) noexcept {
    return hmac(key.reveal(), bytes);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

void wipe(std::string& bytes) noexcept {
    bytes.resize(bytes.capacity());  // allocates nothing; the spare bytes may hold an older value
    sodium_memzero(bytes.data(), bytes.size());
    bytes.clear();
}

std::string hex(std::string_view bytes) {
    std::string text(2 * bytes.size() + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), unsigned_bytes(bytes), bytes.size());
    text.pop_back();  // the terminating NUL that libsodium counts
    return text;
}

std::string base64url(std::string_view bytes) {
    constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(), unsigned_bytes(bytes), bytes.size(), variant);
    text.pop_back();
    return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
    constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    // libsodium 1.0.18 takes each of these for "_", so that one token had many spellings.
    const auto is_not_ascii = [](char byte) { return static_cast<unsigned char>(byte) >= 0x80; };
    if (std::ranges::any_of(text, is_not_ascii)) return std::nullopt;
    std::string bytes(text.size() * 3 / 4 + 1, '\0');
    std::size_t size = 0;
    const char* end = nullptr;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                          text.size(), nullptr, &size, &end, variant) != 0 ||
        end != text.data() + text.size()) {
        return std::nullopt;
    }
    bytes.resize(size);
    return bytes;
}

}  // namespace base
