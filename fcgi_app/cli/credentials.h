// What a shell can see of the credentials that systemd hands to the workers: which ones
// postern@.service names, drop-ins included, and, for root, the files that they come from.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

struct Credential {
    enum class Lies { in_a_file, sealed, in_the_unit };

    std::string name;
    std::filesystem::path file;  // a relative one is looked for in the stores; "" in the unit
    Lies lies;
};

// Those of a unit as `systemctl cat` prints it.
[[nodiscard]] std::vector<Credential> credentials_in(std::string_view unit);

// Both empty: it is there, and good as far as can be told.
struct Sight {
    std::string flaw;    // what is wrong and what is allowed
    std::string unseen;  // why nothing can be said
};

// `sealed_stores` have what systemd-creds has encrypted; nobody but the machine looks into that.
struct Stores {
    std::vector<std::filesystem::path> stores;
    std::vector<std::filesystem::path> sealed_stores;
};
[[nodiscard]] Sight look_for(const std::string& name, const std::vector<Credential>& handed_over,
                             const Stores& stores);

// In the installed postern@.service and the stores of systemd.
[[nodiscard]] Sight look_for_credential(const std::string& name);

}  // namespace cli
