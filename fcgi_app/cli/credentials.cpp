#include "cli/credentials.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <system_error>

#include "cli/doctor_program.h"
#include "config/forms.h"

namespace cli {
namespace {

namespace fs = std::filesystem;
using Lies = Credential::Lies;

struct Directive {
    std::string_view start;
    Lies lies;
};
constexpr std::array<Directive, 4> directives{{{"LoadCredential=", Lies::in_a_file},
                                               {"LoadCredentialEncrypted=", Lies::sealed},
                                               {"SetCredential=", Lies::in_the_unit},
                                               {"SetCredentialEncrypted=", Lies::in_the_unit}}};

// An empty line of a kind takes back those above it: loaded ones are one kind, set ones another.
void take_back(std::vector<Credential>& credentials, Lies lies) {
    std::erase_if(credentials, [&](const Credential& one) {
        return (one.lies == Lies::in_the_unit) == (lies == Lies::in_the_unit);
    });
}

void take(std::vector<Credential>& credentials, std::string_view value, Lies lies) {
    if (value.empty()) return take_back(credentials, lies);
    const auto colon = value.find(':');
    const std::string name(value.substr(0, colon));
    const std::string after(colon == std::string_view::npos ? "" : value.substr(colon + 1));
    std::erase_if(credentials, [&](const Credential& one) { return one.name == name; });
    if (lies == Lies::in_the_unit) {
        credentials.push_back({name, "", lies});
    } else {
        credentials.push_back({name, after.empty() ? name : after, lies});
    }
}

std::string list_of(const std::vector<Credential>& credentials) {
    std::string list;
    for (const Credential& one : credentials) {
        list += (list.empty() ? "" : ", ") + postern::in_quotes(one.name);
    }
    return list;
}

Sight not_handed_over(const std::string& name, const std::vector<Credential>& handed_over) {
    const std::string own = list_of(handed_over);
    return {"postern@.service hands over no credential " + postern::in_quotes(name) + ", but " +
                (own.empty() ? "none at all" : own) +
                "; name one of these, or add LoadCredential=" + name +
                " to it (systemctl edit postern@.service)",
            ""};
}

std::vector<fs::path> places_of(const Credential& credential, const Stores& stores) {
    std::vector<fs::path> places;
    if (credential.lies == Lies::sealed) {
        for (const fs::path& store : stores.sealed_stores)
            places.push_back(store / credential.file);
    }
    // An absolute path stands for itself.
    for (const fs::path& store : stores.stores) places.push_back(store / credential.file);
    return places;
}

Sight judge(const Credential& credential, const fs::path& file) {
    if (credential.lies == Lies::sealed || !fs::is_regular_file(file)) return {};
    const auto read = postern::read_secret({postern::SecretSource::Kind::file, file.string()});
    const auto* flaw = std::get_if<postern::Flaw>(&read);
    return {flaw == nullptr ? "" : "the credential " + flaw->text, ""};
}

std::string place_for(const Credential& credential, const std::vector<fs::path>& places) {
    const bool sealed = credential.lies == Lies::sealed;
    return (sealed ? "seal it with systemd-creds encrypt as "
                   : "write the secret, in one line, to ") +
           places.front().string();
}

}  // namespace

std::vector<Credential> credentials_in(std::string_view unit) {
    std::vector<Credential> credentials;
    std::istringstream lines{std::string(unit)};
    for (std::string line; std::getline(lines, line);) {
        for (const auto& [start, lies] : directives) {
            if (line.starts_with(start)) {
                take(credentials, std::string_view(line).substr(start.size()), lies);
            }
        }
    }
    return credentials;
}

Sight look_for(const std::string& name, const std::vector<Credential>& handed_over,
               const Stores& stores) {
    const auto found = std::ranges::find(handed_over, name, &Credential::name);
    if (found == handed_over.end()) return not_handed_over(name, handed_over);
    if (found->lies == Lies::in_the_unit) return {};
    const auto places = places_of(*found, stores);
    for (const fs::path& place : places) {
        std::error_code error;
        if (fs::exists(place, error)) return judge(*found, place);
        if (error) return {"", place.parent_path().string() + " is open to root alone"};
    }
    return {"there is no credential " + postern::in_quotes(name) + ": " + place_for(*found, places),
            ""};
}

Sight look_for_credential(const std::string& name) {
    const Stores stores{{"/etc/credstore", "/run/credstore", "/usr/local/lib/credstore",
                         "/usr/lib/credstore", "/run/credentials/@system"},
                        {"/etc/credstore.encrypted", "/run/credstore.encrypted",
                         "/usr/local/lib/credstore.encrypted", "/usr/lib/credstore.encrypted"}};
    const doctor::Ended unit = doctor::run_program({"systemctl", "cat", "postern@1.service"});
    if (unit.code != 0) return {"", "systemd knows no postern@.service here"};
    return look_for(name, credentials_in(unit.output), stores);
}

}  // namespace cli
