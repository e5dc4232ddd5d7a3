// The manual pages and the completion, made from the tables of commands and configuration keys: a
// row that is added there is documented. Packaging runs `postern reference …` and keeps what it
// prints.
#pragma once

#include <string>

#include "cli/command.h"

namespace cli {

// postern(1) and postern.toml(5) in the macros of man(7); a script for bash-completion.
[[nodiscard]] std::string manual_page();
[[nodiscard]] std::string configuration_page();
[[nodiscard]] std::string bash_completion();

int reference_manual(const Arguments& arguments);
int reference_configuration(const Arguments& arguments);
int reference_completion(const Arguments& arguments);

}  // namespace cli
