// A directory with a postern.toml in it, and what is wrong with that.
#pragma once

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "config.h"
#include "support/temporary_directory.h"

namespace support {

using postern::Config;
using postern::ConfigError;
using postern::ConfigProblem;
using postern::Secrets;

// The least that a configuration says; line 3 ends it, so a test's own text begins in line 4.
inline constexpr std::string_view least =
    "public_origin = \"https://example.org\"\n"
    "mail.from = \"accounts@example.org\"\n"
    "mail.relays = [\"smtp+starttls://mail.example.org\"]\n";

struct Directory {
    support::TemporaryDirectory directory;
    std::filesystem::path file = directory.path() / "postern.toml";

    ~Directory() { unsetenv("CREDENTIALS_DIRECTORY"); }

    void write(const std::string& name, std::string_view text, mode_t mode = 0600) const {
        const auto path = directory.path() / name;
        create_directories(path.parent_path());
        std::ofstream(path) << text;
        chmod(path.c_str(), mode);
    }

    [[nodiscard]] Config load(const std::string& text, Secrets secrets = Secrets::required) const {
        write("postern.toml", text);
        return postern::load_config(file, secrets);
    }
    [[nodiscard]] Config load_with(const std::string& more) const {
        return load(std::string(least) + more);
    }

    [[nodiscard]] std::vector<ConfigProblem> problems_of(const std::string& text) const {
        try {
            (void)load(text);
        } catch (const ConfigError& error) {
            return error.problems();
        }
        return {};
    }

    // The only problem of the least configuration with this added.
    [[nodiscard]] ConfigProblem problem_with(const std::string& more) const {
        const auto problems = problems_of(std::string(least) + more);
        BOOST_TEST(problems.size() == 1U);
        for (const auto& problem : problems) BOOST_TEST_MESSAGE(to_line(problem));
        return problems.empty() ? ConfigProblem{} : problems.front();
    }

    void refuses(const std::string& more, int line, int column, std::string_view words) const {
        const ConfigProblem problem = problem_with(more);
        BOOST_TEST(problem.file == file.string());
        BOOST_TEST(problem.line == line);
        BOOST_TEST(problem.column == column);
        BOOST_TEST(problem.text.find(words) != std::string::npos,
                   "\"" << problem.text << "\" lacks \"" << words << "\"");
    }

    // Refused when it stands in the place of the least configuration's public_origin.
    void refuses_origin(const std::string& origin, std::string_view words) const {
        std::string text(least);
        text.replace(text.find("https://example.org"), 19, origin);
        const auto problems = problems_of(text);
        BOOST_REQUIRE_MESSAGE(problems.size() == 1U, origin);
        BOOST_TEST(problems[0].line == 1);
        BOOST_TEST(problems[0].column == 17);
        BOOST_TEST(problems[0].text.find(words) != std::string::npos, problems[0].text);
    }
};

// More keys of [mail] may follow: they begin in line 4.
inline std::string at_origin(std::string_view origin, std::string_view more) {
    return "public_origin = \"" + std::string(origin) +
           "\"\n[mail]\nfrom = \"accounts@example.org\"\n" + std::string(more);
}

}  // namespace support
