// From postern.toml and its drop-ins to Written, with the place of every value.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config.h"
#include "config/keys.h"

namespace postern {

struct Place {
    std::string file;
    int line = 0;
    int column = 0;
};

struct Reading {
    Written written;
    // Of each value that was written, good or not: "mail.from"; of elements: "mail.relays[0]".
    std::map<std::string, Place, std::less<>> places;
    std::vector<std::filesystem::path> files;  // in the order read; a later one overrides
    std::vector<ConfigProblem> problems;
    bool whole = true;  // every file was there and could be parsed

    // Notes a problem at the value of the key, or at the first file when it was not written.
    void note(std::string_view path, const std::string& text);

    // True when the key stands in a file, good or not.
    [[nodiscard]] bool has(std::string_view path) const { return places.contains(path); }
    // True when what stands there was refused already.
    [[nodiscard]] bool is_refused(std::string_view path) const;
};

// Reads every file to its end whatever is wrong with it; never throws for what the files say.
[[nodiscard]] Reading read_files(const std::filesystem::path& file);

}  // namespace postern
