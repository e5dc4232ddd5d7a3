#include "cli/config_commands.h"

#include <iostream>

#include "cli/report.h"
#include "config.h"
#include "config/forms.h"
#include "config/keys.h"
#include "config/reader.h"

namespace cli {
namespace {

using postern::Key;
using postern::Reading;

// With --json the mistakes are what is asked for; in text they are an error like any other.
int list_problems(const std::vector<postern::ConfigProblem>& problems) {
    Listing listing(Format::json, "problems", {"file", "line", "column", "text"});
    for (const auto& problem : problems) {
        listing.add(
            {problem.file, std::int64_t{problem.line}, std::int64_t{problem.column}, problem.text});
    }
    return problems.empty() ? 0 : 1;
}

struct ToCell {
    const postern::Written& written;

    template <typename Text>
    Cell operator()(const Text& text) const {
        return written.*text.field;
    }
    Cell operator()(const postern::SpanValue& span) const {
        return postern::span_text(written.*span.field);
    }
};

std::string origin_of(const Key& key, const Reading& reading) {
    const auto place = reading.places.find(key.path);
    if (place == reading.places.end()) return "default";
    return place->second.file + ":" + std::to_string(place->second.line);
}

void show_as_json(const Reading& reading) {
    Listing listing(Format::json, "keys", {"key", "value", "from"});
    for (const Key& key : postern::all_keys()) {
        listing.add({std::string(key.path), std::visit(ToCell{reading.written}, key.type),
                     origin_of(key, reading)});
    }
}

// A postern.toml that says the same.
void show_as_toml(const Reading& reading) {
    std::string section;
    for (const Key& key : postern::all_keys()) {
        const auto dot = key.path.find('.');
        const auto own = dot == std::string_view::npos ? "" : key.path.substr(0, dot);
        if (own != section) std::cout << "\n[" << own << "]\n";
        section = own;
        std::cout << key.path.substr(dot + 1) << " = " << toml_text(key, reading.written) << "  # "
                  << origin_of(key, reading) << '\n';
    }
}

}  // namespace

int config_check(const Arguments& arguments) {
    try {
        const auto config = load_config(arguments.config, postern::Secrets::if_reachable);
        if (arguments.json) return list_problems({});
        std::cout << arguments.config << ": good\n";
        for (const std::string& unread : config.unread_secrets) {
            std::cout << "not checked: " << unread << '\n';
        }
        return 0;
    } catch (const postern::ConfigError& error) {
        if (!arguments.json) throw;
        return list_problems(error.problems());
    }
}

int config_show(const Arguments& arguments) {
    (void)load_config(arguments.config, postern::Secrets::unread);  // a bad one is told, not shown
    const Reading reading = postern::read_files(arguments.config);
    if (arguments.json) {
        show_as_json(reading);
    } else {
        show_as_toml(reading);
    }
    return 0;
}

}  // namespace cli
