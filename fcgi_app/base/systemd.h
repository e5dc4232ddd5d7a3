// What systemd gives to a service and hears from it (sd_listen_fds(3), sd_notify(3)). Without
// systemd the same protocol is spoken by script/pool; without either, every call does nothing.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace base {

struct ListeningSocket {
    int descriptor;
    // "quick" for /run/postern/quick.sock: one socket unit gives all of its sockets the same
    // FileDescriptorName=. Empty for one without a path.
    std::string name;
    std::filesystem::path path;  // empty for one without
};

// The inherited sockets, each set to close-on-exec and non-blocking. Throws std::runtime_error when
// a descriptor is not a listening stream socket. Clears the environment, so call it once.
[[nodiscard]] std::vector<ListeningSocket> inherited_sockets();

void notify_ready();
void notify_stopping();
void notify_reloading();
void notify_status(const std::string& text);  // one line for `systemctl status`
void notify_alive();                          // feeds the watchdog

}  // namespace base
