#include "base/systemd.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace base {
namespace {

void prepare(int descriptor) {
    if (sd_is_socket(descriptor, AF_UNSPEC, SOCK_STREAM, 1) <= 0) {
        throw std::runtime_error("descriptor " + std::to_string(descriptor) +
                                 " from systemd is not a listening stream socket");
    }
    const int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0 ||
        fcntl(descriptor, F_SETFD, FD_CLOEXEC) < 0) {
        throw std::system_error(errno, std::generic_category(), "inherited socket");
    }
}

std::filesystem::path path_of(int descriptor) {
    sockaddr_un address{};
    socklen_t size = sizeof address;
    if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        throw std::system_error(errno, std::generic_category(), "inherited socket");
    }
    if (address.sun_family != AF_UNIX || size <= offsetof(sockaddr_un, sun_path)) return "";
    return address.sun_path;
}

}  // namespace

std::vector<ListeningSocket> inherited_sockets() {
    const int count = sd_listen_fds(1);
    if (count < 0) throw std::system_error(-count, std::generic_category(), "LISTEN_FDS");
    std::vector<ListeningSocket> sockets;
    for (int at = 0; at < count; ++at) {
        const int descriptor = SD_LISTEN_FDS_START + at;
        prepare(descriptor);
        const auto path = path_of(descriptor);
        sockets.push_back({descriptor, path.stem(), path});
    }
    return sockets;
}

void notify_ready() {
    sd_notify(0, "READY=1");
}

void notify_stopping() {
    sd_notify(0, "STOPPING=1");
}

void notify_reloading() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    // MONOTONIC_USEC tells a reload from an earlier one (Type=notify-reload).
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
               static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1'000);
}

void notify_status(const std::string& text) {
    std::string line = "STATUS=" + text;
    // A line break would begin another assignment.
    std::replace_if(
        line.begin(), line.end(), [](unsigned char byte) { return byte < 0x20; }, ' ');
    sd_notify(0, line.c_str());
}

void notify_alive() {
    sd_notify(0, "WATCHDOG=1");
}

}  // namespace base
