// The keys that sign links and codes, and what is signed with them.
//
// The key file holds one key a line, base64url of 32 bytes; the first line signs, every line
// verifies, so that a new key is put in front and the old one taken away once its links are dead.
// Empty lines and lines that start with '#' are passed over.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace base {

// What a link is for; a token of one purpose is worthless for another. The value is part of what
// is signed: never change the word of an existing purpose.
enum class Purpose { verify, reset_password };

[[nodiscard]] std::string_view word_for(Purpose purpose) noexcept;

class Keys {
  public:
    // Throws std::runtime_error, naming the file and line, when it cannot be read, holds no key or
    // a malformed one, or may be read by others than its owner and group.
    static Keys load(const std::filesystem::path& file);

    // Creates the file (0600, with one new key) when it is missing; never touches an existing one.
    // Safe when several processes try at once. Throws std::system_error.
    static void create_if_missing(const std::filesystem::path& file);

    explicit Keys(std::vector<Secret> keys);  // the first one signs; at least one

    // The token of a link: base64url of id (8 bytes, big endian) + HMAC(key, purpose, id).
    // Nothing that is stored can be turned into it without the key.
    [[nodiscard]] std::string link_token(Purpose purpose, std::int64_t id) const;

    // The id inside a genuine token of this purpose; nothing for any other text.
    [[nodiscard]] std::optional<std::int64_t> id_of_link(Purpose purpose,
                                                         std::string_view token) const;

    // The six digits that a visitor types instead of following the link: derived, stored nowhere.
    [[nodiscard]] std::string code(Purpose purpose, std::int64_t id) const;
    [[nodiscard]] bool is_code(Purpose purpose, std::int64_t id, std::string_view code) const;

  private:
    std::vector<GuardedSecret> keys_;
};

}  // namespace base
