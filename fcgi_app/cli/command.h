// THE table of subcommands: what each is called, what it takes, what it does. The command line,
// --help, the completion and the manual page are made from it.
//
// To add a command: a function in the file of its group, and a row in commands.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cli {

// What any command may be told; each uses the fields of its row's options. There is no field for a
// password: arguments can be read by every user of the machine.
struct Arguments {
    std::string config;
    bool json = false;
    std::string who;                  // an account: its address or id
    std::optional<std::string> name;  // of a person
    std::vector<std::string> roles;   // to add
    std::vector<std::string> removed_roles;
    std::string session;              // the id that session list shows
    std::vector<std::int64_t> mails;  // ids
    std::string state;                // of mails; "" for all
    std::int64_t limit = 100;
    std::string file;    // a copy of the database
    std::string anchor;  // of the audit trail, ID:HASH
    std::optional<std::string> directory;
    std::optional<std::int64_t> keep;
    std::string nginx_config;                  // its first file; "" for nginx's own
    std::vector<std::string> protected_paths;  // of the site
    std::vector<std::string> back_ends;        // URLs
    std::string test_mail_to;
    std::string url;  // where nginx answers; "" for public_origin's name on loopback
    std::int64_t seconds = 5;
    bool fail_closed = false;
    bool backup = false;
    bool all = false;
    bool yes = false;
};

using Field =
    std::variant<bool Arguments::*, std::int64_t Arguments::*, std::string Arguments::*,
                 std::optional<std::string> Arguments::*, std::optional<std::int64_t> Arguments::*,
                 std::vector<std::string> Arguments::*, std::vector<std::int64_t> Arguments::*>;

enum class Need { optional, required };

struct Option {
    std::string_view names;  // "--name NAME", "--json", or "WHO" for one known by its place
    Field field;
    Need need;
    std::string_view help;
};

struct Command {
    std::string_view path;  // "user add"
    std::string_view summary;
    std::string_view details;                // "" or a paragraph, in one line
    std::string_view examples;               // one a line
    std::vector<Option> options;             // --config and --help come by themselves
    int (*run)(const Arguments& arguments);  // gives the exit code; throws what stands below
    int bad_config_code = 1;
};

struct Group {
    std::string_view name;  // "user"
    std::string_view summary;
};

[[nodiscard]] const std::vector<Command>& all_commands();
[[nodiscard]] const std::vector<Group>& all_groups();

// Exit code 1: what was asked for is not possible; the text says why.
class Refused : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// Exit code 2: what was asked for makes no sense.
class WrongUse : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

}  // namespace cli
