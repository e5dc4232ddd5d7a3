// The word that was probably meant, for a key, a command or an option that is not known.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace postern {

// `; did you mean "user"?` with the nearest candidate, or "" when none is near enough (a slip or
// two for each six letters: letters missing, added, changed or swapped with their neighbour).
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       const std::vector<std::string_view>& candidates);

}  // namespace postern
