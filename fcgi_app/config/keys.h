// THE table of what postern.toml may say: every key with its type, default, unit, bounds and one
// line of help. Reading, `config show` and the manual page are made from it.
//
// To add a key: a field in Written (its initial value is the default), a row in keys.cpp, and the
// line in config.cpp that hands it to the part that wants it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "accounts/domain.h"

namespace postern {

// What the files say, with types and bounds checked; relations between keys are config.cpp's.
struct Written {
    std::string public_origin;
    std::string base_path = "/account";
    std::string site_name;
    std::string database = "/var/lib/postern/postern.db";
    std::string key_file = "/var/lib/postern/key";
    std::string registration = "open";
    std::vector<std::string> return_hosts;

    std::string mail_transport = "relay";
    std::string mail_from;
    std::vector<std::string> mail_relays;
    std::string mail_password;
    std::string mail_auth = "plain";
    std::string mail_ca_file;

    std::int64_t password_min_length = accounts::PasswordSettings{}.min_length;
    std::int64_t password_memory_kib =
        static_cast<std::int64_t>(accounts::PasswordSettings{}.memory_kib);
    std::int64_t password_passes = static_cast<std::int64_t>(accounts::PasswordSettings{}.passes);

    base::Seconds session_idle = accounts::SessionSettings{}.idle;
    base::Seconds session_remember_idle = accounts::SessionSettings{}.remember_idle;
    base::Seconds session_remember_absolute = accounts::SessionSettings{}.remember_absolute;
    std::string session_cookie_domain;

    std::int64_t lanes_quick_threads = 1;
    std::int64_t lanes_hashing_threads = 1;
    base::Seconds lanes_hashing_patience = 5;
    bool limits_enabled = true;
    std::int64_t limits_mails_per_address = accounts::MailBudget{}.per_address;
    std::int64_t limits_mails_per_network = accounts::MailBudget{}.per_network;
    std::int64_t limits_mails_in_all = accounts::MailBudget{}.in_all;
    base::Seconds limits_window = accounts::ThrottleSettings{}.window;
    std::int64_t limits_failures_per_account = accounts::ThrottleSettings{}.failures_per_account;
    std::int64_t limits_failures_per_network = accounts::ThrottleSettings{}.failures_per_network;
    std::int64_t limits_failures_in_all = accounts::ThrottleSettings{}.failures_in_all;
    std::string log_level = "info";
    std::int64_t log_slow_ms = 1'000;
    bool log_server_timing = false;
};

// The types of values. Each names the field that it fills.
struct TextValue {
    std::string Written::*field;
};
struct ListValue {  // of texts
    std::vector<std::string> Written::*field;
};
struct PathValue {  // a relative one is taken from the directory of the file that names it
    std::string Written::*field;
};
struct SecretValue {  // "credential:NAME" or "file:PATH"
    std::string Written::*field;
};
struct ChoiceValue {
    std::string Written::*field;
    std::vector<std::string_view> allowed;
};
struct FlagValue {
    bool Written::*field;
};
struct NumberValue {
    std::int64_t Written::*field;
    std::int64_t least;
    std::int64_t most;
};
struct SpanValue {  // a duration
    base::Seconds Written::*field;
    base::Seconds least;
    base::Seconds most;
};
using ValueType = std::variant<TextValue, ListValue, PathValue, SecretValue, ChoiceValue, FlagValue,
                               NumberValue, SpanValue>;

enum class Presence { optional, required };

struct Key {
    std::string_view path;  // "mail.from"
    ValueType type;
    std::string_view unit;  // "" where there is none
    Presence presence;
    std::string_view help;  // one line, no full stop
};

[[nodiscard]] const std::vector<Key>& all_keys();
[[nodiscard]] const Key* find_key(std::string_view path);

// What may stand there: "a whole number from 8 to 256 (characters)".
[[nodiscard]] std::string allowed_for(const Key& key);

// The value as it would be written in the file: `"12h"`, `["a", "b"]`.
[[nodiscard]] std::string toml_text(const Key& key, const Written& written);

}  // namespace postern
