// The only reader of postern.toml (and of its drop-ins, postern.toml.d/*.toml, in order of name).
//
// A table (config/keys.h) holds every key with its type, default, unit, bounds and one line of
// help; reading, `config show` and the manual page are made from it. An unknown key, a wrong type
// or a value out of bounds is an error with file, line and column and what is allowed; all errors
// are told in one go. No value of a secret is ever part of an error's text.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "accounts/domain.h"
#include "base/log.h"
#include "mail/settings.h"
#include "web/site.h"

namespace postern {

// Constant after start; moves only (a relay's password is in it).
struct Config {
    std::filesystem::path database;
    std::filesystem::path key_file;
    int quick_threads = 1;
    int hashing_threads = 1;
    base::Level log_level = base::Level::info;
    accounts::Settings accounts;
    mail::Settings mail;
    web::Settings web{base::Addresses("", ""), "", "", {}};
    // Secrets that were left alone and why, one sentence each; only with Secrets::if_reachable.
    std::vector<std::string> unread_secrets;
};

// The service needs its secrets, and only the service has systemd's credentials; an operator's
// shell has not, and `postern user list` has no use for the relay's password.
enum class Secrets {
    required,      // serve: each must be there
    if_reachable,  // config check: a file must be there; a credential, where there are credentials
    unread,        // everything else: left empty, not looked at
};

struct ConfigProblem {
    std::string file;
    int line = 0;  // 0: no place in the file (a key that is missing)
    int column = 0;
    std::string text;  // what is wrong and what is allowed
};

// "/etc/postern/postern.toml:3:9: …", without the numbers when there is no place.
[[nodiscard]] std::string to_line(const ConfigProblem& problem);

class ConfigError : public std::runtime_error {
  public:
    explicit ConfigError(std::vector<ConfigProblem> problems);  // what(): one line a problem
    [[nodiscard]] const std::vector<ConfigProblem>& problems() const noexcept { return problems_; }

  private:
    std::vector<ConfigProblem> problems_;
};

// Throws ConfigError. Durations are whole numbers with a unit: "90s", "15m", "12h", "14d". A
// relative path is taken from the directory of the file that names it.
[[nodiscard]] Config load_config(const std::filesystem::path& file, Secrets secrets);

}  // namespace postern
