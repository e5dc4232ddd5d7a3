// The only reader of postern.toml (and of its drop-ins, postern.toml.d/*.toml, in order of name).
//
// A table holds every key with its type, default, unit, bounds and one line of help; `config show`,
// `--help` and the manual page are made from it. An unknown key, a wrong type or a value out of
// bounds is an error with file, line and column and what is allowed; all errors are told in one go.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "accounts/domain.h"
#include "mail/settings.h"
#include "web/site.h"

namespace postern {

struct Config {
    std::filesystem::path database = "/var/lib/postern/postern.db";
    std::filesystem::path key_file = "/var/lib/postern/key";
    int quick_threads = 2;
    int hashing_threads = 1;
    bool limits = true;  // rate limits, throttles and mail budgets; off only for load tests
    accounts::Settings accounts;
    mail::Settings mail;
    web::Settings web;
};

struct ConfigProblem {
    std::string file;
    int line = 0;  // 0: no place in the file (a key that is missing)
    int column = 0;
    std::string text;  // what is wrong and what is allowed
};

class ConfigError : public std::runtime_error {
  public:
    explicit ConfigError(std::vector<ConfigProblem> problems);  // what(): one line a problem
    [[nodiscard]] const std::vector<ConfigProblem>& problems() const noexcept { return problems_; }

  private:
    std::vector<ConfigProblem> problems_;
};

// Throws ConfigError. Durations are whole numbers with a unit: "90s", "15m", "12h", "14d".
[[nodiscard]] Config load_config(const std::filesystem::path& file);

}  // namespace postern
