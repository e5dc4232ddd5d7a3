#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>

#include "cli/command.h"
#include "config.h"
#include "config/did_you_mean.h"

namespace cli {
namespace {

constexpr int refused = 1;
constexpr int wrong_use = 2;

constexpr const char* root_footer =
    "The configuration is --config FILE, else $POSTERN_CONFIG, else /etc/postern/postern.toml.\n"
    "Every command may run beside the service. Run as root, a command first becomes the owner of\n"
    "the database's directory, so that the service can open every file that it leaves.\n"
    "Exit codes: 0 done, 1 refused or failed, 2 wrong use.";

std::string default_config() {
    const char* named = std::getenv("POSTERN_CONFIG");
    return named != nullptr && *named != '\0' ? named : "/etc/postern/postern.toml";
}

void allow_config(CLI::App& app, Arguments& arguments) {
    app.add_option("--config", arguments.config, "The configuration file")->type_name("FILE");
}

struct Declare {
    CLI::App& app;
    Arguments& arguments;
    const Option& option;

    CLI::Option* operator()(bool Arguments::*field) const {
        return app.add_flag(name(), arguments.*field, std::string(option.help));
    }
    template <typename Value>
    CLI::Option* operator()(Value Arguments::*field) const {
        return app.add_option(name(), arguments.*field, std::string(option.help))
            ->type_name(placeholder());
    }
    // One value each time that it is named: what follows is an argument of its own.
    template <typename Value>
    CLI::Option* operator()(std::vector<Value> Arguments::*field) const {
        return app.add_option(name(), arguments.*field, std::string(option.help))
            ->allow_extra_args(!option.names.starts_with('-'))
            ->type_name(placeholder());
    }

  private:
    [[nodiscard]] std::string name() const {
        return std::string(option.names.substr(0, option.names.find(' ')));
    }
    [[nodiscard]] std::string placeholder() const {
        const auto space = option.names.find(' ');
        return space == std::string_view::npos ? "" : std::string(option.names.substr(space + 1));
    }
};

std::string in_lines(std::string_view paragraph) {
    constexpr std::size_t width = 79;
    std::string text;
    while (paragraph.size() > width) {
        const auto space = paragraph.rfind(' ', width);
        (text += paragraph.substr(0, space)) += '\n';
        paragraph.remove_prefix(space + 1);
    }
    return text += paragraph;
}

std::string footer_of(const Command& command) {
    std::string text = in_lines(command.details);
    if (!text.empty()) text += "\n\n";
    text += "Examples:";
    for (std::string_view rest = command.examples; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        text += "\n  " + std::string(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return text;
}

// The tree of CLI11 for the table, and which command each of its leaves is.
class Tree {
  public:
    explicit Tree(Arguments& arguments) : arguments_(arguments), root_("", "postern") {
        root_.description("Postern: user accounts for any site behind nginx");
        root_.set_version_flag("--version", "postern " POSTERN_VERSION);
        root_.require_subcommand(1);
        root_.footer(root_footer);
        allow_config(root_, arguments_);
        for (const Command& command : all_commands()) add(command);
    }

    CLI::App& root() { return root_; }

    // The subcommands that were named, outermost first: the root, "user", "add".
    std::vector<CLI::App*> named() {
        std::vector<CLI::App*> chain{&root_};
        while (!chain.back()->get_subcommands().empty()) {
            chain.push_back(chain.back()->get_subcommands().front());
        }
        return chain;
    }

    const Command& chosen() { return *leaves_.at(named().back()); }

  private:
    void add(const Command& command) {
        const auto space = command.path.find(' ');
        const bool grouped = space != std::string_view::npos;
        CLI::App& parent = grouped ? group(command.path.substr(0, space)) : root_;
        CLI::App* leaf = parent.add_subcommand(std::string(command.path.substr(space + 1)),
                                               std::string(command.summary));
        for (const Option& option : command.options) {
            std::visit(Declare{*leaf, arguments_, option}, option.field)
                ->required(option.need == Need::required);
        }
        allow_config(*leaf, arguments_);
        leaf->footer(footer_of(command));
        leaves_[leaf] = &command;
    }

    CLI::App& group(std::string_view name) {
        const auto known =
            root_.get_subcommands([&](const CLI::App* app) { return app->get_name() == name; });
        if (!known.empty()) return *known.front();
        const auto row = std::ranges::find(all_groups(), name, &Group::name);
        CLI::App* made = root_.add_subcommand(std::string(name), std::string(row->summary));
        made->require_subcommand(1);
        return *made;
    }

    Arguments& arguments_;
    CLI::App root_;
    std::map<const CLI::App*, const Command*> leaves_;
};

std::vector<std::string_view> names_of(const std::vector<const CLI::App*>& apps) {
    std::vector<std::string_view> names;
    for (const CLI::App* app : apps) names.push_back(app->get_name());
    return names;
}

std::string list_of(const std::vector<CLI::App*>& apps) {
    std::string list;
    for (const CLI::App* app : apps) list += " " + app->get_name();
    return list;
}

std::vector<std::string> options_of(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    return names;
}

std::string about_unknown_command(const CLI::App& app, const std::string& word) {
    const auto names =
        names_of(std::as_const(app).get_subcommands([](const CLI::App*) { return true; }));
    return "\"" + word + "\" is no command" + postern::did_you_mean(word, names);
}

// Words of the command line that have no place. What is no option may be a secret that was typed
// where it does not belong: it is never repeated, for standard error may be logged.
std::string about_extras(const CLI::App& app, const std::vector<std::string>& extras) {
    const auto option =
        std::ranges::find_if(extras, [](const std::string& word) { return word.starts_with('-'); });
    if (option == extras.end()) {
        return extras.size() == 1 ? "one argument too many" : "several arguments too many";
    }
    if (!option->starts_with("--") && *option != "-p") {
        return "unknown option; an argument that begins with - is written after --";
    }
    const std::string name = option->substr(0, option->find('='));
    if (name.starts_with("--pass") || name == "-p") {
        return "a password is never an argument: it is asked for at the terminal, or taken from "
               "standard input";
    }
    const std::vector<std::string> known = options_of(app);
    return "unknown option " + name + postern::did_you_mean(name, {known.begin(), known.end()});
}

// What is wrong, told at the outermost level at which something is.
std::string explain(Tree& tree, const CLI::ParseError& error) {
    const auto named = tree.named();
    const auto commands = named.back()->get_subcommands([](CLI::App*) { return true; });
    for (CLI::App* app : named) {
        const auto extras = app->remaining();
        if (extras.empty()) continue;
        const bool is_command =
            app == named.back() && !commands.empty() && !extras.front().starts_with('-');
        return is_command ? about_unknown_command(*app, extras.front())
                          : about_extras(*app, extras);
    }
    return commands.empty() ? error.what() : "a command is missing, one of" + list_of(commands);
}

int tell_wrong_use(Tree& tree, const std::string& text) {
    std::string name = "postern";
    const auto named = tree.named();
    for (std::size_t i = 1; i < named.size(); ++i) name += " " + named[i]->get_name();
    std::cerr << "postern: " << text << '\n'
              << CLI::Formatter().make_usage(named.back(), name) << "Try: " << name << " --help\n";
    return wrong_use;
}

int tell_refusal(const std::exception& error, int code = refused) {
    std::cerr << "postern: " << error.what() << '\n';
    return code;
}

int run_chosen(Tree& tree, const Arguments& arguments) {
    const Command& command = tree.chosen();
    try {
        const int code = command.run(arguments);
        std::cout.flush();
        if (!std::cout) throw Refused("standard output cannot be written");
        return code;
    } catch (const postern::ConfigError& error) {
        std::cerr << error.what() << '\n';
        return command.bad_config_code;
    } catch (const WrongUse& error) {
        return tell_wrong_use(tree, error.what());
    } catch (const std::exception& error) {
        return tell_refusal(error);
    }
}

}  // namespace

int run_command_line(int argc, char** argv) {
    Arguments arguments;
    arguments.config = default_config();
    Tree tree(arguments);
    try {
        tree.root().parse(argc, argv);
    } catch (const CLI::Success& asked) {  // --help, --version
        return tree.root().exit(asked);
    } catch (const CLI::ParseError& error) {
        return tell_wrong_use(tree, explain(tree, error));
    }
    return run_chosen(tree, arguments);
}

}  // namespace cli
