#include "cli/config_commands.h"

#include <unistd.h>

#include <iostream>

#include "cli/credentials.h"
#include "cli/owner.h"
#include "cli/report.h"
#include "config.h"
#include "config/forms.h"
#include "config/keys.h"
#include "config/reader.h"

namespace cli {
namespace {

using postern::ConfigProblem;
using postern::Key;
using postern::Reading;

// With --json the mistakes are what is asked for; in text they are an error like any other.
int list_problems(const std::vector<ConfigProblem>& problems) {
    Listing listing(Format::json, "problems", {"file", "line", "column", "text"});
    for (const auto& problem : problems) {
        listing.add(
            {problem.file, std::int64_t{problem.line}, std::int64_t{problem.column}, problem.text});
    }
    return problems.empty() ? 0 : 1;
}

std::vector<ConfigProblem> problems_of(const std::string& file) {
    try {
        (void)postern::load_config(file, postern::Secrets::if_reachable);
        return {};
    } catch (const postern::ConfigError& error) {
        return error.problems();
    }
}

// "", or that the service may not read what root may.
std::string closed(const std::string& file, const Reading& reading) {
    const std::filesystem::path directory =
        std::filesystem::path(reading.written.database).parent_path();
    if (access(file.c_str(), R_OK) != 0) return "";  // not this user's either: told already
    if (owner_may_read(directory, file)) return "";
    return file + " is closed to the owner of " + directory.string() +
           ", as whom the service runs: chgrp it to that user's group and chmod 640";
}

void look_at_file(Reading& reading, const std::string& key, const std::string& file) {
    const std::string text = file.empty() ? "" : closed(file, reading);
    if (!text.empty()) reading.note(key, key + ": " + text);
}

// Why the credential could not be looked at, or "".
std::string look_at_credential(Reading& reading, const std::string& name) {
    if (!postern::credentials_directory().empty()) return "";  // load_config has
    const Sight sight = look_for_credential(name);
    if (!sight.flaw.empty()) reading.note("mail.password", "mail.password: " + sight.flaw);
    if (sight.unseen.empty()) return "";
    return "mail.password: the credential " + postern::in_quotes(name) + ": " + sight.unseen;
}

// What load_config cannot see: what becomes of the files when systemd starts the service. Notes
// what is wrong, and gives what remains unseen, or "".
std::string look_as_the_service(Reading& reading, const std::string& config) {
    constexpr std::string_view of_the_units = "/etc/postern/postern.toml";
    reading.problems.clear();  // told already
    for (const auto& file : reading.files) {
        const std::string text = config == of_the_units ? closed(file.string(), reading) : "";
        if (!text.empty()) reading.problems.push_back({file.string(), 0, 0, text});
    }
    look_at_file(reading, "mail.ca_file", reading.written.mail_ca_file);
    const auto parsed = postern::parse_secret_source(reading.written.mail_password);
    const auto* source = std::get_if<postern::SecretSource>(&parsed);
    if (source == nullptr) return "";  // none, or refused
    if (source->kind == postern::SecretSource::Kind::credential) {
        return look_at_credential(reading, source->name);
    }
    look_at_file(reading, "mail.password", source->name);
    return "";
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
    std::vector<ConfigProblem> problems = problems_of(arguments.config);
    Reading reading = postern::read_files(arguments.config);
    const std::string unseen = look_as_the_service(reading, arguments.config);
    problems.insert(problems.end(), reading.problems.begin(), reading.problems.end());
    if (arguments.json) return list_problems(problems);
    if (!problems.empty()) throw postern::ConfigError(std::move(problems));
    std::cout << arguments.config << ": good\n";
    if (!unseen.empty()) std::cout << "not checked: " << unseen << '\n';
    return 0;
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
