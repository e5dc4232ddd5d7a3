// A configured Postern of the test's own, driven through its real binary.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/process.h"
#include "support/temporary_directory.h"

namespace support {

struct Installation {
    TemporaryDirectory directory;
    std::filesystem::path config = directory.path() / "postern.toml";
    std::filesystem::path state = directory.path() / "state";

    Installation() {
        create_directory(state);
        std::ofstream(config) << "public_origin = \"http://localhost:8080\"\n"
                                 "database = \"state/postern.db\"\n"
                                 "key_file = \"state/key\"\n"
                                 "[mail]\n"
                                 "transport = \"hold\"\n"
                                 "from = \"accounts@example.org\"\n"
                                 "[password]\n"
                                 "memory_kib = 8192\n"
                                 "passes = 1\n";
    }

    [[nodiscard]] Ended postern(std::vector<std::string> words,
                                const std::string& input = "") const {
        words.insert(words.begin(), POSTERN_BINARY);
        words.insert(words.end(), {"--config", config.string()});
        return run(words, input);
    }

    // Throws when the command fails or prints no JSON document.
    [[nodiscard]] nlohmann::json json_of(std::vector<std::string> words,
                                         const std::string& input = "") const {
        words.emplace_back("--json");
        const Ended ended = postern(words, input);
        if (ended.code != 0) throw std::runtime_error(ended.err);
        return nlohmann::json::parse(ended.out);
    }
};

inline constexpr const char* good_password = "correct horse battery staple\n";

struct MigratedInstallation : Installation {
    MigratedInstallation() {
        if (postern({"migrate"}).code != 0) throw std::runtime_error("migrate");
    }
    [[nodiscard]] nlohmann::json add(const std::string& email) const {
        return json_of({"user", "add", email}, good_password);
    }
};

}  // namespace support
