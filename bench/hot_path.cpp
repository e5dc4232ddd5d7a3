// The session check or the account page without nginx: FastCGI bytes in, bytes out, on one thread,
// a fixed number of times. What instructions are counted of and what a profiler is pointed at
// (docs/performance.md).
//
//   bench_hot_path session|account REQUESTS
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "accounts/audit.h"
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
support::FastcgiParameters session_check(const std::string& cookie) {
    return {{"REQUEST_METHOD", "GET"},    {"POSTERN_PATH", "/account/session"},
            {"CONTENT_LENGTH", ""},       {"HTTP_COOKIE", cookie},
            {"REMOTE_ADDR", "192.0.2.1"}, {"POSTERN_REQUEST_ID", std::string(32, 'a')}};
}

// As nginx/snippets/postern-fastcgi.conf sends it for a browser.
support::FastcgiParameters account_page(const std::string& cookie) {
    return {{"REQUEST_METHOD", "GET"},
            {"POSTERN_PATH", "/account/"},
            {"QUERY_STRING", ""},
            {"CONTENT_TYPE", ""},
            {"CONTENT_LENGTH", ""},
            {"HTTP_ACCEPT", "text/html"},
            {"HTTP_COOKIE", cookie},
            {"HTTP_ORIGIN", ""},
            {"HTTP_SEC_FETCH_SITE", "none"},
            {"HTTP_USER_AGENT", "curl/7.88.1"},
            {"REMOTE_ADDR", "192.0.2.1"},
            {"POSTERN_REQUEST_ID", std::string(32, 'a')},
            {"POSTERN_RECEIVED_AT", "1770000000.123"}};
}

struct Load {
    std::string_view name;
    support::FastcgiParameters (*request)(const std::string& cookie);
    int sign_ins;  // of each account: a session and an event of the audit trail
};

constexpr std::array loads{
    Load{"session", session_check, 1},
    Load{"account", account_page, 4},
};

const Load& load_named(std::string_view name) {
    const auto load = std::ranges::find(loads, name, &Load::name);
    if (load == loads.end()) throw std::invalid_argument("session or account");
    return *load;
}

accounts::NewSession sign_in(support::Website& website, const accounts::Account& account) {
    store::Transaction transaction(website.worker().database);
    auto session = accounts::start_session(transaction, website.domain(), account, false,
                                           {"192.0.2.1", "curl/7.88.1"});
    accounts::audit(transaction, website.domain(), accounts::Event::signed_in,
                    accounts::Outcome::done, account.id);
    transaction.commit();
    return session;
}

// Everybody's request with the session of his last sign-in.
std::vector<std::string> sign_everybody_in(support::Website& website, const Load& load) {
    std::vector<std::string> requests;
    for (int i = 0; i < accounts_in_all; ++i) {
        const auto account = website.add_account("visitor-" + std::to_string(i) + "@example.net");
        for (int more = load.sign_ins - 1; more > 0; --more) (void)sign_in(website, account);
        const auto session = sign_in(website, account);
        const auto cookie = "__Host-postern=" + std::string(session.cookie.reveal());
        requests.push_back(support::request_bytes(load.request(cookie), "", true));
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
    std::array<char, 65'536> answer{};
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
    if (argc != 3) throw std::invalid_argument("bench_hot_path session|account REQUESTS");
    const Load& load = load_named(argv[1]);
    const int count = std::stoi(argv[2]);
    base::start_cryptography();
    fcgi::start_library();
    support::Website website;
    serve(website, sign_everybody_in(website, load), count);
    std::cout << count << " requests\n";
}
