#include "cli/reference.h"

#include <boost/test/unit_test.hpp>

#include "cli/installation.h"
#include "config/keys.h"

namespace {

std::string troff(std::string_view text) {
    std::string out;
    for (const char byte : text) out += byte == '-' ? std::string("\\-") : std::string(1, byte);
    return out;
}

// What stands from one text to another; fails when the first is not there.
std::string from(const std::string& text, const std::string& begin, const std::string& end) {
    const auto at = text.find(begin);
    BOOST_REQUIRE_MESSAGE(at != std::string::npos, begin);
    return text.substr(at, text.find(end, at + begin.size()) - at);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reference_test)

BOOST_AUTO_TEST_CASE(every_command_and_option_is_in_the_manual_and_the_completion) {
    const std::string manual = cli::manual_page();
    const std::string completion = cli::bash_completion();
    for (const cli::Command& command : cli::all_commands()) {
        const auto section = from(manual, ".SS \\fB" + troff(command.path) + "\\fR\n", "\n.SS ");
        const auto line = from(completion, "[\"" + std::string(command.path) + "\"]=", "\n");
        for (const cli::Option& option : command.options) {
            const auto name = option.names.substr(0, option.names.find(' '));
            BOOST_TEST(section.find(".TP\n\\f" + std::string(name.starts_with("--") ? "B" : "I") +
                                    troff(name) + "\\fR") != std::string::npos,
                       command.path << " " << name);
            if (name.starts_with("--")) {
                BOOST_TEST(line.find(name) != std::string::npos, command.path << " " << name);
            }
        }
    }
}

// Bug: `audit verify` was completed with files, `--nginx-config` with options.
BOOST_AUTO_TEST_CASE(files_are_offered_where_a_file_is_meant_and_nowhere_else) {
    const support::Installation installation;
    const auto directory = installation.directory.path();
    std::ofstream(directory / "completion") << cli::bash_completion();
    const auto offered = [&](const std::string& words) {
        return support::run({"/bin/bash", "-c",
                             "cd " + directory.string() + "; . ./completion; COMP_WORDS=(postern " +
                                 words +
                                 " ''); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _postern; "
                                 "echo \"${COMPREPLY[@]}\""})
            .out;
    };
    const auto has = [](const std::string& text, std::string_view word) {
        return text.find(word) != std::string::npos;
    };
    for (const char* words : {"--config", "user list --config", "backup create --to",
                              "doctor --nginx-config", "backup verify", "backup restore"}) {
        BOOST_TEST(has(offered(words), "postern.toml"), words);
    }
    for (const char* words : {"", "user", "user list", "audit verify", "doctor"}) {
        BOOST_TEST(!has(offered(words), "postern.toml"), words);
    }
    BOOST_TEST(has(offered("audit verify"), "--anchor"));
    BOOST_TEST(has(offered("backup verify"), "--json"));
    BOOST_TEST(!has(offered("doctor --nginx-config"), "--json"));
    BOOST_TEST(has(offered(""), "doctor"));
}

BOOST_AUTO_TEST_CASE(every_key_is_in_the_manual) {
    const std::string manual = cli::configuration_page();
    for (const postern::Key& key : postern::all_keys())
        BOOST_TEST(manual.find("\\fB" + troff(key.path) + "\\fR") != std::string::npos, key.path);
}

BOOST_AUTO_TEST_CASE(man_and_bash_find_nothing_wrong) {
    const support::Installation installation;
    const auto directory = installation.directory.path();
    for (const auto& [name, text] : {std::pair{"postern.1", cli::manual_page()},
                                     {"postern.toml.5", cli::configuration_page()}}) {
        std::ofstream(directory / name) << text;
        const auto ended = support::run(
            {"/usr/bin/groff", "-k", "-man", "-ww", "-Tutf8", "-z", (directory / name).string()});
        BOOST_TEST(ended.code == 0);
        BOOST_TEST(ended.err == "");
    }
    std::ofstream(directory / "completion") << cli::bash_completion();
    BOOST_TEST(support::run({"/bin/bash", "-n", (directory / "completion").string()}).code == 0);
}

BOOST_AUTO_TEST_SUITE_END()
