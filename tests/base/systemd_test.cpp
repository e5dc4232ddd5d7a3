#include "base/systemd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <string>

#include "support/child_process.h"
#include "support/temporary_directory.h"

namespace {

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy(path.begin(), path.end(), address.sun_path);
    return address;
}

int bound_socket(int type, const std::string& path) {
    const int descriptor = socket(AF_UNIX, type, 0);
    const auto address = address_of(path);
    if (bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        throw std::runtime_error("bind");
    }
    if (type == SOCK_STREAM) listen(descriptor, 5);
    return descriptor;
}

// The environment that systemd makes for a service, with these descriptors from 3 on.
void inherit(int count, const char* names) {
    setenv("LISTEN_PID", std::to_string(getpid()).c_str(), 1);
    setenv("LISTEN_FDS", std::to_string(count).c_str(), 1);
    if (names != nullptr) setenv("LISTEN_FDNAMES", names, 1);
}

struct Supervisor {
    Supervisor() : socket(bound_socket(SOCK_DGRAM, (directory.path() / "notify").string())) {
        setenv("NOTIFY_SOCKET", (directory.path() / "notify").c_str(), 1);
        fcntl(socket, F_SETFL, O_NONBLOCK);
    }
    ~Supervisor() {
        unsetenv("NOTIFY_SOCKET");
        close(socket);
    }
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;

    [[nodiscard]] std::string heard() const {
        std::array<char, 512> text{};
        const auto size = recv(socket, text.data(), text.size(), 0);
        return size < 0 ? "(nothing)" : std::string(text.data(), static_cast<std::size_t>(size));
    }

    support::TemporaryDirectory directory;
    int socket;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(systemd_test)

BOOST_AUTO_TEST_CASE(without_systemd_nothing_is_inherited_and_nobody_is_told) {
    BOOST_TEST(base::inherited_sockets().empty());
    BOOST_CHECK_NO_THROW(base::notify_ready());
}

BOOST_AUTO_TEST_CASE(a_descriptor_that_is_no_listening_stream_socket_is_refused) {
    const support::TemporaryDirectory directory;
    const auto refuses = [&](int type, bool listens) {
        return support::exit_code_in_child([&] {
            int offered = socket(AF_UNIX, type, 0);
            if (listens) offered = bound_socket(type, (directory.path() / "a").string());
            dup2(offered, 3);
            inherit(1, "quick");
            try {
                (void)base::inherited_sockets();
            } catch (const std::runtime_error&) {
                return 7;
            }
            return 1;
        });
    };
    BOOST_TEST(refuses(SOCK_STREAM, false) == 7);
    BOOST_TEST(refuses(SOCK_DGRAM, false) == 7);
    BOOST_TEST(refuses(SOCK_STREAM, true) == 1);
    BOOST_TEST(support::exit_code_in_child([] {
                   dup2(open("/etc/passwd", O_RDONLY), 3);
                   inherit(1, "quick");
                   (void)base::inherited_sockets();
                   return 1;
               }) == 255);
}

BOOST_AUTO_TEST_CASE(numbers_that_are_none_are_refused) {
    BOOST_TEST(support::exit_code_in_child([] {
                   inherit(1, "quick");
                   setenv("LISTEN_FDS", "many", 1);
                   (void)base::inherited_sockets();
                   return 1;
               }) == 255);
}

BOOST_AUTO_TEST_CASE(what_was_meant_for_another_process_is_left_alone) {
    BOOST_TEST(support::exit_code_in_child([] {
                   inherit(1, "quick");
                   setenv("LISTEN_PID", "1", 1);
                   return base::inherited_sockets().empty() ? 7 : 1;
               }) == 7);
}

BOOST_AUTO_TEST_CASE(the_sockets_are_named_by_their_paths_and_never_block) {
    const support::TemporaryDirectory directory;
    const int code = support::exit_code_in_child([&] {
        const int quick = bound_socket(SOCK_STREAM, (directory.path() / "quick.sock").string());
        const int hashing = bound_socket(SOCK_STREAM, (directory.path() / "hashing.sock").string());
        // Away first from the places that they are to take.
        const int high_quick = fcntl(quick, F_DUPFD, 20);
        const int high_hashing = fcntl(hashing, F_DUPFD, 20);
        dup2(high_quick, 3);
        dup2(high_hashing, 4);
        inherit(2, "postern.socket:postern.socket");
        const auto sockets = base::inherited_sockets();
        if (sockets.size() != 2 || sockets[0].descriptor != 3 || sockets[0].name != "quick" ||
            sockets[1].descriptor != 4 || sockets[1].name != "hashing") {
            return 1;
        }
        for (const auto& socket : sockets) {
            if ((fcntl(socket.descriptor, F_GETFL) & O_NONBLOCK) == 0) return 2;
            if ((fcntl(socket.descriptor, F_GETFD) & FD_CLOEXEC) == 0) return 3;
        }
        return getenv("LISTEN_FDS") == nullptr ? 7 : 4;
    });
    BOOST_TEST(code == 7);
}

BOOST_AUTO_TEST_CASE(the_supervisor_hears_each_word) {
    const Supervisor supervisor;
    base::notify_ready();
    BOOST_TEST(supervisor.heard() == "READY=1");
    base::notify_alive();
    BOOST_TEST(supervisor.heard() == "WATCHDOG=1");
    base::notify_reloading();
    BOOST_TEST(supervisor.heard().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    base::notify_stopping();
    BOOST_TEST(supervisor.heard() == "STOPPING=1");
    BOOST_TEST(supervisor.heard() == "(nothing)");
}

BOOST_AUTO_TEST_CASE(a_status_cannot_say_anything_but_a_status) {
    const Supervisor supervisor;
    base::notify_status("2 mails\nSTOPPING=1\tx");
    BOOST_TEST(supervisor.heard() == "STATUS=2 mails STOPPING=1 x");
}

BOOST_AUTO_TEST_SUITE_END()
