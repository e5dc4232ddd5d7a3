// The project's own files as text, for the tests that hold it to its plan.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace layout {

struct Source {
    std::string path;  // from the top: "fcgi_app/web/routes.cpp"
    std::string text;

    // "web" of fcgi_app/web/routes.cpp, "" of fcgi_app/main.cpp
    [[nodiscard]] std::string folder() const {
        const std::size_t top = path.find('/') + 1;
        const std::size_t end = path.find('/', top);
        return end == std::string::npos ? "" : path.substr(top, end - top);
    }
};

inline std::string read_file(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw std::runtime_error("cannot read " + file.string());
    return {std::istreambuf_iterator<char>(stream), {}};
}

inline std::string read_source(std::string_view path) {
    return read_file(std::filesystem::path(POSTERN_SOURCE_DIR) / path);
}

// All files below a directory whose name ends in one of the extensions, sorted by path.
inline std::vector<Source> sources_below(std::string_view directory,
                                         const std::vector<std::string>& extensions) {
    const std::filesystem::path top = POSTERN_SOURCE_DIR;
    std::vector<Source> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(top / directory)) {
        const std::string path = entry.path().lexically_relative(top).string();
        if (!entry.is_regular_file() || path.find("node_modules/") != std::string::npos) continue;
        if (std::ranges::find(extensions, entry.path().extension().string()) == extensions.end())
            continue;
        found.push_back({path, read_file(entry.path())});
    }
    std::ranges::sort(found, {}, &Source::path);
    return found;
}

inline std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

// What stands between quotation marks in C++, preprocessor lines and comments left out. Raw strings
// are taken for what they hold as far as their first quotation mark.
inline std::vector<std::string> string_literals(std::string_view code) {
    std::vector<std::string> literals;
    for (std::string line : lines_of(code)) {
        if (line.starts_with("#")) continue;
        std::string literal;
        bool inside = false;
        for (std::size_t i = 0; i < line.size(); ++i) {
            if (inside && line[i] == '\\') {
                literal += line[++i];
            } else if (line[i] == '"' && !line.substr(0, i).ends_with('\'')) {
                if (inside) literals.push_back(literal);
                literal.clear();
                inside = !inside;
            } else if (inside) {
                literal += line[i];
            } else if (line.compare(i, 2, "//") == 0) {
                break;
            }
        }
    }
    return literals;
}

}  // namespace layout
