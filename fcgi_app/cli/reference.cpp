#include "cli/reference.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <set>

#include "config/keys.h"

namespace cli {
namespace {

// Plain text as troff prints it unchanged.
std::string troff(std::string_view text) {
    std::string out;
    bool line_begins = true;
    for (const char byte : text) {
        if (line_begins && (byte == '.' || byte == '\'')) out += "\\&";
        if (byte == '\\') {
            out += "\\e";
        } else if (byte == '-') {
            out += "\\-";
        } else {
            out += byte;
        }
        line_begins = byte == '\n';
    }
    return out;
}

std::string bold(std::string_view text) {
    return "\\fB" + troff(text) + "\\fR";
}

std::string italic(std::string_view text) {
    return "\\fI" + troff(text) + "\\fR";
}

// "--name NAME": what is typed as it stands is bold, what stands for something is italic.
std::string spelled(std::string_view names) {
    if (!names.starts_with("--")) return italic(names);
    const auto space = std::min(names.find(' '), names.size());
    std::string text = bold(names.substr(0, space));
    if (space < names.size()) text += " " + italic(names.substr(space + 1));
    return text;
}

std::string sentence(std::string_view text) {
    return text.empty() || text.ends_with('.') ? troff(text) : troff(text) + ".";
}

std::string title(std::string_view name, int section, std::string_view what) {
    return ".TH " + std::string(name) + " " + std::to_string(section) +
           " \"\" \"postern " POSTERN_VERSION "\"\n.SH NAME\n" + troff(what) + "\n";
}

std::string synopsis_of(const Command& command) {
    std::string text = bold("postern " + std::string(command.path));
    for (const Option& option : command.options) {
        const bool needed = option.need == Need::required;
        text += needed ? " " + spelled(option.names) : " [" + spelled(option.names) + "]";
    }
    return text;
}

std::string entry_of(const Command& command) {
    std::string text = ".SS " + bold(command.path) + "\n" + synopsis_of(command) + "\n.PP\n" +
                       sentence(command.summary) + "\n";
    if (!command.details.empty()) text += ".PP\n" + sentence(command.details) + "\n";
    for (const Option& option : command.options) {
        text += ".TP\n" + spelled(option.names) + "\n" + sentence(option.help) + "\n";
    }
    return text + ".PP\n.nf\n" + troff(command.examples) + "\n.fi\n";
}

std::string text_of_default(const postern::Key& key) {
    if (key.presence == postern::Presence::required) return "Required";
    return "Default: " + toml_text(key, postern::Written{});
}

std::string entry_of(const postern::Key& key) {
    return ".TP\n" + bold(key.path) + "\n" + sentence(key.help) + "\n.br\n" +
           sentence(postern::allowed_for(key)) + "\n" + sentence(text_of_default(key)) + "\n";
}

constexpr std::string_view after_the_commands =
    R"(.SH EXIT STATUS
.TP
0
done
.TP
1
refused or failed; standard error says why
.TP
2
wrong use; standard error says what is right
.TP
78
.B serve
with a bad configuration
.SH ENVIRONMENT
.TP
.B POSTERN_CONFIG
the configuration file, unless
.B \-\-config
names one
.SH FILES
.TP
.I /etc/postern/postern.toml
the configuration, with
.I /etc/postern/postern.toml.d/*.toml
.TP
.I /var/lib/postern/postern.db
the database
.TP
.I /var/lib/postern/backups/
copies of it
.TP
.I /var/lib/postern/key
the keys that sign links
.TP
.I /run/postern/quick.sock, /run/postern/hashing.sock
where nginx connects
.SH SEE ALSO
.BR postern.toml (5)
)";

constexpr std::string_view before_the_keys =
    R"(.SH DESCRIPTION
The configuration of
.BR postern (1),
in TOML (https://toml.io). A key
.B mail.from
is the line
.B from
in the table
.BR [mail] .
An unknown key, a wrong type or a value out of bounds is refused with file, line and column.
Files in
.I postern.toml.d
beside it are read after it, in order of their names; the last one that sets a key counts.
Durations are whole numbers with a unit: 90s, 15m, 12h, 14d.
.PP
After a change:
.B systemctl reload 'postern@*'
.SH KEYS
)";

constexpr std::string_view completion_of_words =
    R"(_postern() {
    local word path="" current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ -v "_postern_words[${path:+$path }$word]" ]] && path="${path:+$path }$word"
    done
    COMPREPLY=()
    [[ $_postern_files == *"|$before|"* ]] ||
        COMPREPLY=($(compgen -W "${_postern_words[${path:-postern}]}" -- "$current"))
    [[ $_postern_files == *"|$before|"* || $_postern_files == *"|$path|"* ]] &&
        COMPREPLY+=($(compgen -f -- "$current"))
}
complete -F _postern postern
)";

// What may follow each "postern", "user", "user add".
std::map<std::string, std::set<std::string>> words_to_complete() {
    std::map<std::string, std::set<std::string>> words;
    for (const Command& command : all_commands()) {
        const std::string path(command.path);
        const auto space = path.find(' ');
        words["postern"].insert(path.substr(0, space));
        if (space != std::string::npos) words[path.substr(0, space)].insert(path.substr(space + 1));
        auto& options = words[path];
        options = {"--config", "--help"};
        for (const Option& option : command.options) {
            const std::string_view name = option.names.substr(0, option.names.find(' '));
            if (name.starts_with("--")) options.emplace(name);
        }
    }
    return words;
}

// "|--config|…|backup verify|": the options and commands that take the name of a file.
std::string takers_of_files() {
    std::set<std::string> takers{"--config"};
    for (const Command& command : all_commands()) {
        for (const Option& option : command.options) {
            const auto space = option.names.find(' ');
            const auto taken = option.names.substr(space + 1);  // all of it when there is no space
            if (taken != "FILE" && taken != "DIRECTORY") continue;
            takers.emplace(taken == option.names ? command.path : option.names.substr(0, space));
        }
    }
    std::string text = "|";
    for (const std::string& taker : takers) text += taker + "|";
    return text;
}

int print(const std::string& text) {
    std::cout << text;
    return 0;
}

}  // namespace

std::string manual_page() {
    std::string text =
        title("POSTERN", 1, "postern - user accounts for any site behind nginx") +
        ".SH SYNOPSIS\n" + bold("postern") + " [" + spelled("--config FILE") + "] " +
        italic("command") + " …\n.SH DESCRIPTION\n" +
        "Every command may run beside the service, but where it says otherwise. Run as root, a "
        "command\nfirst becomes the owner of the database's directory.\n.SH COMMANDS\n";
    for (const Command& command : all_commands()) text += entry_of(command);
    return text + std::string(after_the_commands);
}

std::string configuration_page() {
    std::string text = title("POSTERN.TOML", 5, "postern.toml - configuration of Postern") +
                       std::string(before_the_keys);
    for (const postern::Key& key : postern::all_keys()) text += entry_of(key);
    return text + ".SH SEE ALSO\n.BR postern (1)\n";
}

std::string bash_completion() {
    std::string text = "# bash completion for postern\ndeclare -gA _postern_words=(\n";
    for (const auto& [path, words] : words_to_complete()) {
        text += "    [\"" + path + "\"]=\"";
        for (const std::string& word : words) text += word + " ";
        text.back() = '"';
        text += '\n';
    }
    return text + ")\n_postern_files='" + takers_of_files() + "'\n" +
           std::string(completion_of_words);
}

int reference_manual(const Arguments&) {
    return print(manual_page());
}

int reference_configuration(const Arguments&) {
    return print(configuration_page());
}

int reference_completion(const Arguments&) {
    return print(bash_completion());
}

}  // namespace cli
