#include "cli/bench_release.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "base/ascii.h"
#include "release_figures.h"

namespace cli::bench {
namespace {

using Cells = std::vector<std::string>;

// Of "| name | 1 | 2 |": name, 1, 2.
Cells cells_of(std::string_view line) {
    Cells cells;
    for (line.remove_prefix(1); !line.empty();) {
        const auto end = std::min(line.find('|'), line.size());
        cells.emplace_back(base::trimmed(line.substr(0, end)));
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return cells;
}

// The row of the table that begins with that name, or no cells.
Cells row(std::string_view report, const std::string& name) {
    const auto at = report.find("\n| " + name + " |");
    if (at == report.npos) return {};
    const std::string_view rest = report.substr(at + 1);
    return cells_of(rest.substr(0, rest.find('\n')));
}

double number(const Cells& cells, std::size_t place) {
    std::string digits = cells.at(place);
    std::erase(digits, ',');
    return std::stod(digits);
}

Figures figures(const Cells& cells) {
    return {number(cells, 1), number(cells, 2), number(cells, 3)};
}

std::string first_line(std::string_view report) {
    const auto begin = report.find_first_not_of('\n');
    if (begin == report.npos) return "";
    return std::string(report.substr(begin, report.find('\n', begin) - begin));
}

}  // namespace

std::optional<Release> release_in(std::string_view report) {
    try {
        return Release{first_line(report), figures(row(report, "session checks")),
                       figures(row(report, "logins")),
                       number(row(report, "memory of a worker, MiB"), 1)};
    } catch (const std::logic_error&) {  // a cell that is missing or no number
        return std::nullopt;
    }
}

const std::optional<Release>& release() {
    static const auto found = release_in(files::release_figures_md);
    return found;
}

}  // namespace cli::bench
