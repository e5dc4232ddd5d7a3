// Who listens on this machine for TCP, as the kernel shows it.
#pragma once

#include <sys/socket.h>

#include <string>
#include <string_view>
#include <vector>

namespace cli::doctor {

struct Listener {
    std::string address;  // "0.0.0.0", "::", "192.0.2.7"
    int port;

    [[nodiscard]] bool everywhere() const { return address == "0.0.0.0" || address == "::"; }
    [[nodiscard]] bool on_loopback() const;
};

// Of /proc/net/tcp or /proc/net/tcp6; lines that are no listener's are left out.
[[nodiscard]] std::vector<Listener> listeners_in(std::string_view table);

// Those of this network namespace, both families.
[[nodiscard]] std::vector<Listener> listeners();

// "127.0.0.1:3000", "[::1]:3000"
[[nodiscard]] std::string to_text(const std::string& address, int port);

// The addresses of this machine that a name or address means; none when it means another one.
[[nodiscard]] std::vector<std::string> own_addresses(const std::string& host);

}  // namespace cli::doctor
