// The session check without nginx: FastCGI bytes in, bytes out, on one thread, a fixed number of
// times. What instructions are counted of and what a profiler is pointed at (docs/performance.md).
//
//   bench_hot_path [REQUESTS]
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <iostream>
#include <string>

#include "accounts/session.h"
#include "base/secret.h"
#include "fcgi/acceptor.h"
#include "fcgi/connection.h"
#include "store/database.h"
#include "support/fastcgi_client.h"
#include "support/website.h"

namespace {

constexpr int accounts_in_all = 200;

// As nginx/snippets/postern-quick.conf sends it.
std::string session_request(const std::string& cookie) {
    return support::request_bytes({{"REQUEST_METHOD", "GET"},
                                   {"POSTERN_PATH", "/account/session"},
                                   {"CONTENT_LENGTH", ""},
                                   {"HTTP_COOKIE", "__Host-postern=" + cookie},
                                   {"REMOTE_ADDR", "192.0.2.1"},
                                   {"POSTERN_REQUEST_ID", std::string(32, 'a')}},
                                  "", true);
}

std::vector<std::string> sign_everybody_in(support::Website& website) {
    std::vector<std::string> requests;
    for (int i = 0; i < accounts_in_all; ++i) {
        const auto account = website.add_account("visitor-" + std::to_string(i) + "@example.net");
        store::Transaction transaction(website.worker().database);
        const auto session = accounts::start_session(transaction, website.domain(), account, false,
                                                     {"192.0.2.1", "curl/7.88.1"});
        transaction.commit();
        requests.push_back(session_request(std::string(session.cookie.reveal())));
    }
    return requests;
}

// All requests of the fixed load. A fault is an exception: a fast wrong answer is none.
void serve(support::Website& website, const std::vector<std::string>& requests, int count) {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0)
        throw std::runtime_error("socketpair");
    const auto [nginx, ours] = ends;
    fcgi::Connection connection(http::Lane::quick, 65'536);
    std::array<char, 4096> answer{};
    for (int i = 0; i < count; ++i) {
        const std::string& request = requests[static_cast<std::size_t>(i) % requests.size()];
        const auto sent = write(nginx, request.data(), request.size());
        const http::Request* parsed = connection.read(ours);
        if (parsed == nullptr) throw std::runtime_error("not understood");
        connection.answer(website.site().answer(*parsed, website.domain()));
        const auto got = read(nginx, answer.data(), answer.size());
        const std::string_view text(answer.data(),
                                    static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (!connection.is_kept() || sent < 0 || text.find("Status: 200 ") == text.npos) {
            throw std::runtime_error("not answered: " + std::string(text));
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    const int count = argc > 1 ? std::stoi(argv[1]) : 1'000;
    base::start_cryptography();
    fcgi::start_library();
    support::Website website;
    serve(website, sign_everybody_in(website), count);
    std::cout << count << " requests\n";
}
