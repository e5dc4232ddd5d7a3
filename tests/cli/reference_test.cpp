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

}  // namespace

BOOST_AUTO_TEST_SUITE(reference_test)

BOOST_AUTO_TEST_CASE(every_command_and_option_is_in_the_manual_and_the_completion) {
    const std::string manual = cli::manual_page();
    const std::string completion = cli::bash_completion();
    for (const cli::Command& command : cli::all_commands()) {
        BOOST_TEST(manual.find(".SS \\fB" + troff(command.path)) != std::string::npos,
                   command.path);
        BOOST_TEST(completion.find("[\"" + std::string(command.path) + "\"]=") != std::string::npos,
                   command.path);
    }
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
