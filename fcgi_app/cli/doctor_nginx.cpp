#include "cli/doctor_nginx.h"

#include <fnmatch.h>

#include <algorithm>
#include <map>
#include <utility>

namespace cli::doctor {
namespace {

constexpr std::string_view file_mark = "# configuration file ";
constexpr int deepest_include = 16;

struct Token {
    std::string text;  // ";", "{" and "}" unquoted are punctuation
    int line = 0;
    bool quoted = false;

    [[nodiscard]] bool is(std::string_view mark) const { return !quoted && text == mark; }
};

class Lexer {
  public:
    explicit Lexer(std::string_view text) : text_(text) {}

    std::optional<Token> next() {
        skip_blanks_and_comments();
        if (at_ == text_.size()) return std::nullopt;
        const char first = text_[at_];
        if (first == '"' || first == '\'') return quoted(first);
        if (is_mark(first)) return Token{{text_[at_++]}, line_};
        return word();
    }

  private:
    static bool is_blank(char byte) {
        return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
    }
    static bool is_mark(char byte) { return byte == ';' || byte == '{' || byte == '}'; }

    void skip_blanks_and_comments() {
        for (; at_ < text_.size(); ++at_) {
            if (text_[at_] == '#') at_ = std::min(text_.find('\n', at_), text_.size());
            if (at_ == text_.size() || !is_blank(text_[at_])) return;
            if (text_[at_] == '\n') ++line_;
        }
    }

    Token quoted(char mark) {
        Token token{"", line_, true};
        for (++at_; at_ < text_.size() && text_[at_] != mark; ++at_) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
            if (text_[at_] == '\n') ++line_;
            token.text += text_[at_];
        }
        if (at_ < text_.size()) ++at_;
        return token;
    }

    // "${name}" belongs to a word.
    Token word() {
        Token token{"", line_};
        for (bool braced = false; at_ < text_.size(); ++at_) {
            const char byte = text_[at_];
            if (byte == '{' && token.text.ends_with('$')) braced = true;
            if (is_blank(byte) || (is_mark(byte) && !braced)) break;
            if (byte == '}') braced = false;
            token.text += byte;
        }
        return token;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int line_ = 1;
};

// The files of a dump by name, and which of them is the first.
struct Files {
    std::string main;
    std::map<std::string, std::string_view> texts;
};

Files files_of(std::string_view dump) {
    Files files;
    for (std::size_t at = dump.find(file_mark); at != std::string_view::npos;) {
        const std::size_t end = std::min(dump.find('\n', at), dump.size());
        std::string name(dump.substr(at + file_mark.size(), end - at - file_mark.size()));
        if (name.ends_with(':')) name.pop_back();
        const std::size_t next = dump.find("\n" + std::string(file_mark), end);
        const std::string_view text = dump.substr(end).substr(0, next - end);
        if (files.main.empty()) files.main = name;
        files.texts.emplace(std::move(name), text.substr(std::min<std::size_t>(1, text.size())));
        at = next == std::string_view::npos ? next : next + 1;
    }
    return files;
}

class Parser {
  public:
    explicit Parser(std::string_view dump) : files_(files_of(dump)) {}

    std::vector<Directive> parse() {
        std::vector<Directive> top;
        if (!files_.main.empty()) read_file(files_.main, top, 0);
        return top;
    }

  private:
    void read_file(const std::string& name, std::vector<Directive>& into, int depth) {
        Lexer lexer(files_.texts.at(name));
        read_block(lexer, name, into, depth);
    }

    void read_block(Lexer& lexer, const std::string& file, std::vector<Directive>& into,
                    int depth) {
        Directive directive;
        while (const auto token = lexer.next()) {
            if (token->is("}")) return;
            if (token->is("{")) read_block(lexer, file, directive.block, depth);
            if (token->is("{") || token->is(";")) {
                finish(std::exchange(directive, {}), into, depth);
            } else if (directive.name.empty()) {
                directive.name = token->text;
                directive.place = file + ":" + std::to_string(token->line);
            } else {
                directive.words.push_back(token->text);
            }
        }
    }

    void finish(Directive directive, std::vector<Directive>& into, int depth) {
        if (directive.name != "include" || directive.words.empty()) {
            into.push_back(std::move(directive));
        } else if (depth < deepest_include) {
            include(directive.words.front(), into, depth + 1);
        }
    }

    // A relative name starts at the directory of the first file.
    void include(const std::string& pattern, std::vector<Directive>& into, int depth) {
        const std::string directory = files_.main.substr(0, files_.main.rfind('/') + 1);
        const std::string whole = pattern.starts_with('/') ? pattern : directory + pattern;
        for (const auto& [name, text] : files_.texts) {
            const bool meant = name == whole ||
                               fnmatch(whole.c_str(), name.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0;
            if (meant) read_file(name, into, depth);
        }
    }

    Files files_;
};

void collect(const Directive& block, std::vector<const Directive*>& levels,
             std::vector<Location>& into) {
    levels.push_back(&block);
    if (block.name == "location") into.push_back({levels});
    for (const Directive& inner : block.block) {
        if (inner.name == "server" || inner.name == "location") collect(inner, levels, into);
    }
    levels.pop_back();
}

bool says(const Directive& server, std::string_view name, std::string_view word) {
    return std::ranges::any_of(server.block, [&](const Directive& directive) {
        return directive.name == name && std::ranges::count(directive.words, word) > 0;
    });
}

}  // namespace

std::vector<Directive> parse_dump(std::string_view dump) {
    return Parser(dump).parse();
}

const Directive* find_in(const std::vector<Directive>& block, std::string_view name) {
    const auto found = std::ranges::find(block, name, &Directive::name);
    return found == block.end() ? nullptr : &*found;
}

std::vector<const Directive*> servers_of(const std::vector<Directive>& top, std::string_view host) {
    std::vector<const Directive*> all;
    std::vector<const Directive*> named;
    std::vector<const Directive*> by_default;
    const Directive* http = find_in(top, "http");
    if (http == nullptr) return {};
    for (const Directive& server : http->block) {
        if (server.name != "server") continue;
        all.push_back(&server);
        if (says(server, "server_name", host)) named.push_back(&server);
        if (says(server, "listen", "default_server")) by_default.push_back(&server);
    }
    if (!named.empty()) return named;
    if (by_default.empty() && !all.empty()) return {all.front()};
    return by_default;
}

std::vector<const Directive*> Location::effective(std::string_view name) const {
    std::vector<const Directive*> found;
    for (auto level = levels.rbegin(); level != levels.rend() && found.empty(); ++level) {
        for (const Directive& directive : (*level)->block) {
            if (directive.name == name) found.push_back(&directive);
        }
    }
    return found;
}

bool Location::asks_postern() const {
    const auto asked = effective("auth_request");
    return !asked.empty() && !asked.front()->words.empty() &&
           asked.front()->words.front().starts_with("/_postern/");
}

std::optional<std::string> Location::path() const {
    const auto& words = own().words;
    if (words.empty() || !words.back().starts_with('/')) return std::nullopt;
    if (words.size() > 1 && words.front().starts_with('~')) return std::nullopt;
    return words.back();
}

std::string Location::title() const {
    std::string text = "location";
    for (const std::string& word : own().words) text += " " + word;
    return text + " (" + own().place + ")";
}

std::vector<Location> locations_of(const std::vector<Directive>& top) {
    std::vector<Location> found;
    std::vector<const Directive*> levels;
    for (const Directive& directive : top) {
        if (directive.name == "http") collect(directive, levels, found);
    }
    return found;
}

}  // namespace cli::doctor
