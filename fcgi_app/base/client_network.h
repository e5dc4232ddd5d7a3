// The network that a client's address lies in, which is what limits count by: one visitor, or one
// attacker, has many addresses at hand.
#pragma once

#include <string>
#include <string_view>

namespace base {

// "192.0.2.7" → "192.0.2.0/24"; "2001:db8:1:2::3" → "2001:db8:1::/48". An IPv4 address in the form
// of IPv6 counts as IPv4. What is no address ("unix:") is a network of its own, "elsewhere".
[[nodiscard]] std::string network_of(std::string_view client);

}  // namespace base
