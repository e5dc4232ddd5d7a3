// Which browser that was, in words for its owner: "Firefox on Linux". Made from the User-Agent,
// which anyone may write as he likes: it helps to recognise a sign-in and decides nothing.
#pragma once

#include <string>
#include <string_view>

namespace web {

[[nodiscard]] std::string describe_device(std::string_view user_agent);

}  // namespace web
