// What `nginx -T` prints, as the tree that nginx makes of it: includes in their places, and what
// a location inherits.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cli::doctor {

struct Directive {
    std::string name;
    std::vector<std::string> words;
    std::string place;             // "/etc/nginx/nginx.conf:12"
    std::vector<Directive> block;  // what stands between its braces
};

// Text that nginx would refuse gives some tree.
[[nodiscard]] std::vector<Directive> parse_dump(std::string_view dump);

// A location, named or not, and what it stands in. Points into the tree.
struct Location {
    std::vector<const Directive*> levels;  // http, server, location …: the outermost first

    [[nodiscard]] const Directive& own() const { return *levels.back(); }
    [[nodiscard]] const Directive& server() const { return *levels.at(1); }
    // The directives of that name that count here: nginx takes those of the innermost level that
    // has any, and none of the levels around it.
    [[nodiscard]] std::vector<const Directive*> effective(std::string_view name) const;
    [[nodiscard]] bool asks_postern() const;                // by auth_request
    [[nodiscard]] std::optional<std::string> path() const;  // nothing for a pattern or a name
    [[nodiscard]] std::string title() const;                // "location /members/ (file:line)"
};

[[nodiscard]] std::vector<Location> locations_of(const std::vector<Directive>& top);

// The servers that nginx takes for a host: those named so; where there is none, the default ones,
// which are said to be that or come first.
[[nodiscard]] std::vector<const Directive*> servers_of(const std::vector<Directive>& top,
                                                       std::string_view host);

// The first directive of that name in a block, or nullptr.
[[nodiscard]] const Directive* find_in(const std::vector<Directive>& block, std::string_view name);

}  // namespace cli::doctor
