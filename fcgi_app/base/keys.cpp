#include "base/keys.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include "base/descriptor.h"

namespace base {
namespace {

constexpr std::size_t key_bytes = 32;
constexpr std::size_t id_bytes = 8;

std::string big_endian(std::int64_t id) {
    std::string bytes(id_bytes, '\0');
    auto rest = static_cast<std::uint64_t>(id);
    for (auto at = bytes.rbegin(); at != bytes.rend(); ++at, rest >>= 8) {
        *at = static_cast<char>(rest & 0xffU);
    }
    return bytes;
}

std::int64_t from_big_endian(std::string_view bytes) {
    std::uint64_t id = 0;
    for (const char byte : bytes) id = id << 8 | static_cast<unsigned char>(byte);
    return static_cast<std::int64_t>(id);
}

// The NUL bytes keep one field from running into the next.
Hash sign(const GuardedSecret& key, std::string_view use, std::string_view purpose,
          std::string_view id) {
    std::string message;
    message.append(use).push_back('\0');
    message.append(purpose).push_back('\0');
    message.append(id);
    return hmac_sha256(key, message);
}

std::string code_of(const GuardedSecret& key, Purpose purpose, std::int64_t id) {
    const Hash mac = sign(key, "code", word_for(purpose), big_endian(id));
    // 64 bits modulo 10^6: the bias is below 2^-44.
    const auto number =
        static_cast<std::uint64_t>(from_big_endian(bytes_of(mac).substr(0, 8))) % 1'000'000;
    std::string digits = std::to_string(number);
    return std::string(6 - digits.size(), '0') + digits;
}

std::runtime_error bad_key_file(const std::filesystem::path& file, const std::string& what) {
    return std::runtime_error(file.string() + ": " + what);
}

[[noreturn]] void throw_errno(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

// A new file (0600) beside another one; its name goes with the object.
class Draft {
  public:
    explicit Draft(const std::filesystem::path& beside)
        : name_(beside.string() + ".XXXXXX"), descriptor_(mkostemp(name_.data(), O_CLOEXEC)) {
        if (!descriptor_.is_open()) throw_errno(name_);
    }
    ~Draft() { unlink(name_.c_str()); }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    void write_durably(std::string_view text) {
        const auto written = write(descriptor_, text.data(), text.size());
        if (written >= 0 && written < static_cast<ssize_t>(text.size())) errno = ENOSPC;
        if (written != static_cast<ssize_t>(text.size()) || fsync(descriptor_) != 0) {
            throw_errno(name_);
        }
    }

  private:
    std::string name_;
    Descriptor descriptor_;
};

void refuse_if_others_may_read(const std::filesystem::path& file) {
    struct stat status {};
    if (stat(file.c_str(), &status) != 0) throw bad_key_file(file, std::strerror(errno));
    if ((status.st_mode & S_IRWXO) != 0) {
        throw bad_key_file(file,
                           "the key must not be readable by others: chmod o= " + file.string());
    }
}

// Nothing for a line that holds no key on purpose.
std::optional<Secret> key_of_line(const std::string& line) {
    if (line.empty() || line.front() == '#') return std::nullopt;
    auto bytes = from_base64url(line);
    return Secret(bytes ? std::move(*bytes) : std::string());
}

}  // namespace

std::string_view word_for(Purpose purpose) noexcept {
    switch (purpose) {
        case Purpose::verify:
            return "verify";
        case Purpose::reset_password:
            return "reset-password";
    }
    return "";
}

Keys Keys::load(const std::filesystem::path& file) {
    refuse_if_others_may_read(file);
    std::ifstream input;
    input.rdbuf()->pubsetbuf(nullptr, 0);  // whose buffer nobody would wipe
    input.open(file);
    if (!input) throw bad_key_file(file, std::strerror(errno));
    std::vector<Secret> keys;
    std::string line;
    line.reserve(2 * key_bytes);  // where it grew, the beginning of a key would stay behind
    for (int number = 1; std::getline(input, line); ++number) {
        auto key = key_of_line(line);
        wipe(line);
        if (!key) continue;
        if (key->size() != key_bytes) {
            throw bad_key_file(file, "line " + std::to_string(number) +
                                         ": not a key (base64url of 32 bytes, 43 characters)");
        }
        keys.push_back(std::move(*key));
    }
    if (input.bad()) throw bad_key_file(file, "cannot be read to its end");
    if (keys.empty()) throw bad_key_file(file, "holds no key");
    return Keys(std::move(keys));
}

void Keys::create_if_missing(const std::filesystem::path& file) {
    if (std::filesystem::exists(file)) return;
    // Written whole beside its place and then linked: a reader never sees half a key, and of two
    // creators the second one's link fails and leaves the first one's key in place.
    Draft draft(file);
    const Secret key = random_secret(key_bytes);
    const Secret text(base64url(key.reveal()) + "\n");
    draft.write_durably(text.reveal());
    if (link(draft.name().c_str(), file.c_str()) != 0 && errno != EEXIST) {
        throw_errno(file.string());
    }
    if (!sync_names_in(file.parent_path())) throw_errno(file.string());
}

Keys::Keys(std::vector<Secret> keys) {
    for (const Secret& key : keys) keys_.emplace_back(key);
    if (keys_.empty()) throw std::invalid_argument("Keys needs a key");
}

std::string Keys::link_token(Purpose purpose, std::int64_t id) const {
    const std::string packed = big_endian(id);
    const Hash mac = sign(keys_.front(), "link", word_for(purpose), packed);
    return base64url(packed + std::string(bytes_of(mac)));
}

std::optional<std::int64_t> Keys::id_of_link(Purpose purpose, std::string_view token) const {
    const auto bytes = from_base64url(token);
    if (!bytes || bytes->size() != id_bytes + sizeof(Hash)) return std::nullopt;
    const auto packed = std::string_view(*bytes).substr(0, id_bytes);
    const auto signature = std::string_view(*bytes).substr(id_bytes);
    for (const GuardedSecret& key : keys_) {
        const Hash mac = sign(key, "link", word_for(purpose), packed);
        if (equal_in_constant_time(bytes_of(mac), signature)) return from_big_endian(packed);
    }
    return std::nullopt;
}

std::string Keys::code(Purpose purpose, std::int64_t id) const {
    return code_of(keys_.front(), purpose, id);
}

bool Keys::is_code(Purpose purpose, std::int64_t id, std::string_view code) const {
    for (const GuardedSecret& key : keys_) {
        if (equal_in_constant_time(code_of(key, purpose, id), code)) return true;
    }
    return false;
}

}  // namespace base
