#include "config/reader.h"

#include <toml++/toml.h>
#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

#include "config/did_you_mean.h"
#include "config/forms.h"

namespace postern {
namespace {

namespace fs = std::filesystem;

std::string_view section_of(std::string_view path) {
    const auto dot = path.rfind('.');
    return path.substr(0, dot == std::string_view::npos ? 0 : dot);
}

std::string_view name_of(std::string_view path) {
    return path.substr(path.rfind('.') + 1);  // npos + 1 is 0
}

bool is_section(std::string_view path) {
    return std::ranges::any_of(all_keys(),
                               [&](const Key& key) { return section_of(key.path) == path; });
}

// The one key of any section that bears its very name, else the key or section that looks most
// alike.
std::string suggestion(std::string_view path) {
    std::vector<std::string> texts;
    for (const Key& key : all_keys()) {
        if (name_of(key.path) == name_of(path)) texts.emplace_back(key.path);
    }
    if (texts.size() == 1) return "; did you mean \"" + texts.front() + "\"?";
    std::vector<std::string_view> candidates;
    for (const Key& key : all_keys()) candidates.push_back(key.path);
    for (const Key& key : all_keys()) candidates.push_back(section_of(key.path));
    return did_you_mean(path, candidates);
}

std::string keys_of_section(std::string_view section) {
    std::string text;
    for (const Key& key : all_keys()) {
        if (section_of(key.path) != section) continue;
        text += (text.empty() ? "" : ", ") + std::string(name_of(key.path));
    }
    return text;
}

std::string unknown(std::string_view path, bool is_table) {
    const std::string what =
        is_table ? "unknown section [" + std::string(path) + "]" : "unknown key " + in_quotes(path);
    const std::string meant = suggestion(path);
    if (!meant.empty()) return what + meant;
    const std::string section(is_section(section_of(path)) ? section_of(path) : "");
    return what + "; known " + (section.empty() ? "at the top" : "in [" + section + "]") + ": " +
           keys_of_section(section);
}

std::string_view word_for(toml::node_type type) {
    switch (type) {
        case toml::node_type::table:
            return "a section";
        case toml::node_type::array:
            return "a list";
        case toml::node_type::string:
            return "a text";
        case toml::node_type::integer:
            return "a whole number";
        case toml::node_type::floating_point:
            return "a number with a point";
        case toml::node_type::boolean:
            return "true or false";
        default:
            return "a date or time";
    }
}

// The parser quotes what it stumbled over, and that may be a secret which lacks its quotes. Single
// characters, names of keys and what it expected stay.
std::string without_values(std::string_view description) {
    std::string text;
    for (std::size_t open = 0; (open = description.find('\'')) != std::string_view::npos;) {
        const auto close = description.find('\'', open + 2);
        const auto end = close == std::string_view::npos ? description.size() : close + 1;
        text += description.substr(0, open);
        const bool is_value =
            text.ends_with("saw ") || text.ends_with(": ") || text.ends_with("interpret ");
        text += is_value && end - open > 3 ? "a value" : description.substr(open, end - open);
        description.remove_prefix(end);
    }
    return text += description;
}

// Puts a value into its field, or gives what is wrong with it ("" when nothing is).
struct Fill {
    const toml::node& node;
    Written& written;
    const fs::path& directory;  // of the file, for relative paths

    static constexpr std::string_view wrong_type = "type";
    static constexpr std::string_view out_of_bounds = "bounds";
    static constexpr std::string_view inline_secret = "inline";

    std::string_view operator()(const TextValue& text) const {
        const auto value = node.value_exact<std::string>();
        if (!value) return wrong_type;
        written.*text.field = *value;
        return "";
    }
    std::string_view operator()(const ListValue& list) const {
        const toml::array* array = node.as_array();
        if (array == nullptr) return wrong_type;
        std::vector<std::string> texts;
        for (const toml::node& element : *array) {
            const auto value = element.value_exact<std::string>();
            if (!value) return wrong_type;
            texts.push_back(*value);
        }
        written.*list.field = std::move(texts);
        return "";
    }
    std::string_view operator()(const PathValue& path) const {
        const auto value = node.value_exact<std::string>();
        if (!value) return wrong_type;
        written.*path.field = value->empty() ? "" : absolute(*value);
        return "";
    }
    std::string_view operator()(const SecretValue& secret) const {
        const auto value = node.value_exact<std::string>();
        if (!value) return wrong_type;
        if (value->empty()) return "";
        const auto source = parse_secret_source(*value);
        if (std::holds_alternative<Flaw>(source)) return inline_secret;
        const auto& [kind, name] = std::get<SecretSource>(source);
        written.*secret.field =
            kind == SecretSource::Kind::file ? "file:" + absolute(name) : *value;
        return "";
    }
    std::string_view operator()(const ChoiceValue& choice) const {
        const auto value = node.value_exact<std::string>();
        if (!value) return wrong_type;
        if (std::ranges::find(choice.allowed, *value) == choice.allowed.end()) {
            return out_of_bounds;
        }
        written.*choice.field = *value;
        return "";
    }
    std::string_view operator()(const FlagValue& flag) const {
        const auto value = node.value_exact<bool>();
        if (!value) return wrong_type;
        written.*flag.field = *value;
        return "";
    }
    std::string_view operator()(const NumberValue& number) const {
        const auto value = node.value_exact<std::int64_t>();
        return value ? within(number, *value) : wrong_type;
    }
    std::string_view operator()(const SpanValue& span) const {
        const auto text = node.value_exact<std::string>();
        if (!text) return wrong_type;
        const auto value = parse_span(*text);
        return value ? within(span, *value) : out_of_bounds;
    }

  private:
    template <typename Bounded>
    std::string_view within(const Bounded& bounds, std::int64_t value) const {
        if (value < bounds.least || value > bounds.most) return out_of_bounds;
        written.*bounds.field = value;
        return "";
    }
    [[nodiscard]] std::string absolute(const std::string& path) const {
        return (directory / path).lexically_normal().string();
    }
};

class FileReader {
  public:
    FileReader(Reading& reading, fs::path file)
        : reading_(reading),
          file_(std::move(file)),
          directory_(fs::absolute(file_).parent_path()) {}

    void read() {
        reading_.files.push_back(file_);
        errno = 0;
        std::ifstream input(file_, std::ios::binary);
        if (!input) return broken({}, "cannot be read: " + std::generic_category().message(errno));
        if (fs::is_directory(file_)) return broken({}, "cannot be read: it must be a file");
        const std::string text(std::istreambuf_iterator<char>(input), {});
        try {
            walk(toml::parse(text, file_.string()), "");
        } catch (const toml::parse_error& error) {
            broken(error.source(), without_values(error.description()) +
                                       "; a line is KEY = VALUE or [SECTION], texts in quotes");
        }
    }

  private:
    void walk(const toml::table& table, const std::string& prefix) {
        for (const auto& [name, node] : table) {
            const std::string path = prefix + std::string(name.str());
            if (const Key* key = find_key(path)) {
                fill(*key, node);
            } else if (node.is_table() && is_section(path)) {
                walk(*node.as_table(), path + ".");
            } else if (is_section(path)) {
                problem(place(node.source()), in_quotes(path) + " is a section: [" + path + "]");
            } else {
                problem(place(name.source()), unknown(path, node.is_table()));
            }
        }
    }

    void fill(const Key& key, const toml::node& node) {
        const std::string path(key.path);
        note_places(path, node);
        const Fill filled{node, reading_.written, directory_};
        const std::string_view wrong = std::visit(filled, key.type);
        if (wrong.empty()) return;
        if (wrong == Fill::inline_secret) {
            const auto flaw = parse_secret_source(*node.value_exact<std::string>());
            return problem(reading_.places[path], path + ": " + std::get<Flaw>(flaw).text);
        }
        const bool is_type = wrong == Fill::wrong_type;
        problem(
            reading_.places[path],
            path + " must be " + allowed_for(key) +
                (is_type && !node.is_array() ? ", not " + std::string(word_for(node.type())) : ""));
    }

    void note_places(const std::string& path, const toml::node& node) {
        reading_.places[path] = place(node.source());
        if (!node.is_array()) return;
        std::size_t index = 0;
        for (const toml::node& element : *node.as_array()) {
            const std::string name = path + "[" + std::to_string(index++) + "]";
            reading_.places[name] = place(element.source());
        }
    }

    [[nodiscard]] Place place(const toml::source_region& region) const {
        return {file_.string(), static_cast<int>(region.begin.line),
                static_cast<int>(region.begin.column)};
    }

    void broken(const toml::source_region& region, const std::string& text) {
        reading_.whole = false;
        problem(place(region), text);
    }

    void problem(const Place& at, const std::string& text) {
        reading_.problems.push_back({at.file, at.line, at.column, text});
    }

    Reading& reading_;
    const fs::path file_;
    const fs::path directory_;
};

std::vector<fs::path> drop_ins_of(const fs::path& file, Reading& reading) {
    const std::string directory = file.string() + ".d";
    std::vector<fs::path> drop_ins;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory, error)) {
        if (entry.path().extension() == ".toml") drop_ins.push_back(entry.path());
    }
    if (error && error != std::errc::no_such_file_or_directory) {
        reading.whole = false;
        reading.problems.push_back({directory, 0, 0, "cannot be read: " + error.message()});
    }
    std::ranges::sort(drop_ins);
    return drop_ins;
}

}  // namespace

void Reading::note(std::string_view path, const std::string& text) {
    const auto found = places.find(path);
    const Place place = found == places.end() ? Place{files.front().string()} : found->second;
    problems.push_back({place.file, place.line, place.column, text});
}

bool Reading::is_refused(std::string_view path) const {
    const auto place = places.find(path);
    return place != places.end() &&
           std::ranges::any_of(problems, [&](const ConfigProblem& problem) {
               return problem.file == place->second.file && problem.line == place->second.line &&
                      problem.column == place->second.column;
           });
}

Reading read_files(const fs::path& file) {
    Reading reading;
    FileReader(reading, file).read();
    for (const fs::path& drop_in : drop_ins_of(file, reading)) FileReader(reading, drop_in).read();
    return reading;
}

}  // namespace postern
