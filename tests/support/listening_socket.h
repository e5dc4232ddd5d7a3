// A listening unix socket in a directory of its own.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

#include "support/temporary_directory.h"

namespace support {

class ListeningSocket {
  public:
    ListeningSocket() : path_((directory_.path() / "socket").string()) {
        descriptor_ = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path_.copy(address.sun_path, sizeof address.sun_path - 1);
        if (bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
            listen(descriptor_, 1024) != 0) {
            throw std::runtime_error("cannot listen on " + path_);
        }
    }
    ~ListeningSocket() { close(descriptor_); }
    ListeningSocket(const ListeningSocket&) = delete;
    ListeningSocket& operator=(const ListeningSocket&) = delete;

    [[nodiscard]] int descriptor() const { return descriptor_; }
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    TemporaryDirectory directory_;
    std::string path_;
    int descriptor_ = -1;
};

}  // namespace support
