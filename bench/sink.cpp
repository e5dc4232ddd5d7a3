// bench_sink: an SMTP server on loopback that accepts every mail and keeps none, so that what is
// measured is the sender. One thread a connection.
//
//   bench_sink PORT
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>

namespace {

bool say(int socket, std::string_view reply) {
    return send(socket, reply.data(), reply.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(reply.size());
}

// Takes what ends in `end` off the front of the buffer, reading as long as there is none.
bool read_to(int socket, std::string& buffer, std::string_view end, std::string& taken) {
    std::size_t place = 0;
    while ((place = buffer.find(end)) == std::string::npos) {
        char bytes[16 * 1024];
        const ssize_t count = recv(socket, bytes, sizeof bytes, 0);
        if (count <= 0) return false;
        buffer.append(bytes, static_cast<std::size_t>(count));
    }
    taken = buffer.substr(0, place + end.size());
    buffer.erase(0, place + end.size());
    return true;
}

void serve(int socket) {
    std::string buffer;
    std::string line;
    bool open = say(socket, "220 sink\r\n");
    while (open && read_to(socket, buffer, "\r\n", line)) {
        if (line.starts_with("QUIT")) break;
        if (line.starts_with("DATA")) {
            open = say(socket, "354 go on\r\n") && read_to(socket, buffer, "\r\n.\r\n", line);
        }
        open = open && say(socket, "250 fine\r\n");
    }
    close(socket);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argv[1])));
    if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        listen(listener, 64) != 0) {
        std::perror("bench_sink");
        return 1;
    }
    for (;;) {
        const int peer = accept(listener, nullptr, nullptr);
        if (peer >= 0) std::thread(serve, peer).detach();
    }
}
