#include "cli/bench_workers.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

namespace cli::bench {
namespace {

namespace fs = std::filesystem;

// What `serve` reads when nothing else is said: the unit says nothing else.
constexpr const char* usual_config = "/etc/postern/postern.toml";

std::vector<std::string> words_of(const fs::path& process) {
    std::ifstream file(process / "cmdline", std::ios::binary);
    std::vector<std::string> words;
    for (std::string word; std::getline(file, word, '\0');) words.push_back(word);
    return words;
}

bool serves(const std::vector<std::string>& words, const fs::path& config) {
    if (words.size() < 2 || fs::path(words[0]).filename() != "postern" || words[1] != "serve")
        return false;
    const auto named = std::ranges::find(words, "--config");
    const bool has_name = named != words.end() && std::next(named) != words.end();
    return fs::weakly_canonical(has_name ? *std::next(named) : usual_config) == config;
}

std::optional<std::int64_t> resident_kib(const fs::path& process) {
    std::ifstream status(process / "status");
    for (std::string name; status >> name;) {
        std::int64_t kib = 0;
        if (name == "VmRSS:" && status >> kib) return kib;
    }
    return std::nullopt;
}

bool is_process(const fs::path& directory) {
    const std::string name = directory.filename();
    return std::ranges::all_of(name, [](unsigned char letter) { return std::isdigit(letter); });
}

}  // namespace

std::vector<std::int64_t> memory_of_workers(const fs::path& config) {
    const fs::path wanted = fs::weakly_canonical(config);
    std::vector<std::int64_t> found;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        if (!is_process(entry.path()) || !serves(words_of(entry.path()), wanted)) continue;
        if (const auto kib = resident_kib(entry.path())) found.push_back(*kib);
    }
    return found;
}

}  // namespace cli::bench
