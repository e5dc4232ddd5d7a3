#include "mail/fake_relay.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <optional>
#include <stdexcept>

namespace mail_test {

// One connection, with or without TLS.
class FakeRelay::Peer {
  public:
    Peer(FakeRelay& relay, int socket) : relay_(relay), socket_(socket) {}

    bool start_tls() {
        const auto context = relay_.options_.identity->context(relay_.options_.oldest_tls,
                                                               relay_.options_.newest_tls);
        tls_.reset(SSL_new(context.get()));
        SSL_set_fd(tls_.get(), socket_);
        buffer_.clear();
        return SSL_accept(tls_.get()) == 1;
    }
    [[nodiscard]] bool has_tls() const { return tls_ != nullptr; }

    bool write(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto count =
                tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                     : static_cast<int>(send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
            if (count <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }

    std::optional<std::string> read_line() {
        for (;;) {
            if (const auto end = buffer_.find("\r\n"); end != std::string::npos) {
                std::string line = buffer_.substr(0, end);
                buffer_.erase(0, end + 2);
                return line;
            }
            char bytes[4096];
            const auto count = tls_ ? SSL_read(tls_.get(), bytes, sizeof bytes)
                                    : static_cast<int>(recv(socket_, bytes, sizeof bytes, 0));
            if (count <= 0) return std::nullopt;
            buffer_.append(bytes, static_cast<std::size_t>(count));
        }
    }

    // The connection ends without a word when it is closed.
    void fall_over() const {
        const linger at_once{1, 0};
        setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }

    // Until the client has closed or the test is over.
    void hang() const {
        while (!relay_.stopping_) {
            pollfd entry{socket_, POLLRDHUP, 0};
            if (poll(&entry, 1, 50) > 0) return;
        }
    }

    void drip() {
        for (std::size_t at = 0; !relay_.stopping_; ++at) {
            if (!write(at < 4 ? std::string_view("250-").substr(at, 1) : "x")) return;
            for (int part = 0; part < 20 && !relay_.stopping_; ++part) {
                pollfd entry{socket_, POLLRDHUP, 0};
                if (poll(&entry, 1, 50) > 0) return;
            }
        }
    }

    void flood(std::string_view line) {
        std::string block;
        while (block.size() < 65'536) block.append(line);
        while (!relay_.stopping_ && write(block)) {
        }
    }

  private:
    FakeRelay& relay_;
    const int socket_;
    std::unique_ptr<SSL, decltype(&SSL_free)> tls_{nullptr, &SSL_free};
    std::string buffer_;
};

FakeRelay::FakeRelay(Script script) : FakeRelay(std::move(script), Options{}) {}

FakeRelay::FakeRelay(Script script, Options options)
    : options_(std::move(options)), script_(std::move(script)) {
    std::signal(SIGPIPE, SIG_IGN);  // as the program does
    listener_ = socket(options_.ip6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in ip4{};
    ip4.sin_family = AF_INET;
    ip4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr_in6 ip6{};
    ip6.sin6_family = AF_INET6;
    ip6.sin6_addr = in6addr_loopback;
    auto* const address =
        options_.ip6 ? reinterpret_cast<sockaddr*>(&ip6) : reinterpret_cast<sockaddr*>(&ip4);
    socklen_t size = options_.ip6 ? sizeof ip6 : sizeof ip4;
    if (bind(listener_, address, size) != 0 || listen(listener_, 64) != 0 ||
        getsockname(listener_, address, &size) != 0) {
        throw std::runtime_error("no relay on loopback");
    }
    port_ = ntohs(options_.ip6 ? ip6.sin6_port : ip4.sin_port);
    thread_ = std::thread([this] { accept_all(); });
}

FakeRelay::~FakeRelay() {
    stopping_ = true;
    shutdown(listener_, SHUT_RDWR);
    {
        const std::lock_guard lock(mutex_);
        for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
    }
    thread_.join();
    for (std::thread& peer : peers_) peer.join();
    close(listener_);
}

void FakeRelay::play(Script script) {
    const std::lock_guard lock(mutex_);
    script_ = std::move(script);
}

void FakeRelay::at(const std::string& step, std::function<void()> hook) {
    const std::lock_guard lock(mutex_);
    hooks_[step] = std::move(hook);
}

mail::Relay FakeRelay::relay(mail::RelaySecurity security) const {
    mail::Relay relay;
    relay.security = security;
    relay.host = options_.ip6 ? "::1" : "localhost";
    relay.port = port_;
    return relay;
}

std::vector<Received> FakeRelay::accepted() const {
    const std::lock_guard lock(mutex_);
    return accepted_;
}

std::vector<std::string> FakeRelay::commands() const {
    const std::lock_guard lock(mutex_);
    return commands_;
}

bool FakeRelay::heard(const std::string& word) const {
    const std::lock_guard lock(mutex_);
    return std::any_of(commands_.begin(), commands_.end(), [&word](const std::string& command) {
        return command.find(word) != std::string::npos;
    });
}

bool FakeRelay::has_open_connections() const {
    const std::lock_guard lock(mutex_);
    return !sockets_.empty();
}

void FakeRelay::keep_in_mind(const std::string& line) {
    const std::lock_guard lock(mutex_);
    commands_.push_back(line);
}

void FakeRelay::accept_all() {
    while (!stopping_) {
        const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) continue;
        {
            const std::lock_guard lock(mutex_);
            sockets_.push_back(socket);
            if (stopping_) shutdown(socket, SHUT_RDWR);
        }
        const int number = ++connections_;
        peers_.emplace_back([this, socket, number] { serve(socket, number); });
    }
}

void FakeRelay::serve(int socket, int number) {
    {
        Peer peer(*this, socket);
        Received mail;
        mail.connection = number;
        if ((!options_.tls_at_once || peer.start_tls()) &&
            answer(peer, "connect", "220 fake ESMTP\r\n")) {
            while (talk(peer, mail)) {
            }
        }
    }
    const std::lock_guard lock(mutex_);
    std::erase(sockets_, socket);
    close(socket);
}

// Gives whether the connection goes on.
bool FakeRelay::answer(Peer& peer, const std::string& step, const std::string& usual) {
    Act act{usual};
    std::function<void()> hook;
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = script_.find(step); found != script_.end()) act = found->second;
        if (const auto found = hooks_.find(step); found != hooks_.end()) hook = found->second;
    }
    if (hook) hook();
    if (!peer.write(act.reply)) return false;
    switch (act.then) {
        case Act::Then::go_on:
            return true;
        case Act::Then::close:
            return false;
        case Act::Then::reset:
            peer.fall_over();
            return false;
        case Act::Then::hang:
            peer.hang();
            return false;
        case Act::Then::drip:
            peer.drip();
            return false;
        case Act::Then::endless_line:
            peer.flood("250-");
            return false;
        case Act::Then::endless_lines:
            peer.flood("250-more\r\n");
            return false;
    }
    return false;
}

std::string FakeRelay::ehlo_reply(const Peer& peer) const {
    std::string reply = "250-fake\r\n250-8BITMIME\r\n";
    if (options_.identity != nullptr && !peer.has_tls()) reply += "250-STARTTLS\r\n";
    if (!options_.auth.empty()) reply += "250-AUTH " + options_.auth + "\r\n";
    return reply + "250 HELP\r\n";
}

bool FakeRelay::talk(Peer& peer, Received& mail) {
    const auto line = peer.read_line();
    if (!line) return false;
    keep_in_mind(*line);
    const std::string verb = line->substr(0, line->find(' '));
    if (verb == "EHLO") return answer(peer, verb, ehlo_reply(peer));
    if (verb == "HELO") return answer(peer, verb, "250 fake\r\n");
    if (verb == "STARTTLS") return answer(peer, verb, "220 go ahead\r\n") && peer.start_tls();
    if (verb == "AUTH") return sign_in(peer, mail, *line);
    if (verb == "MAIL") {
        mail.from = *line;
        return answer(peer, verb, "250 sender ok\r\n");
    }
    if (verb == "RCPT") {
        mail.recipient = *line;
        return answer(peer, verb, "250 recipient ok\r\n");
    }
    if (verb == "DATA") return answer(peer, verb, "354 go ahead\r\n") && receive_text(peer, mail);
    if (verb == "QUIT") {
        (void)answer(peer, verb, "221 bye\r\n");
        return false;
    }
    return answer(peer, verb, "500 what?\r\n");
}

bool FakeRelay::sign_in(Peer& peer, Received& mail, const std::string& line) {
    mail.sign_in = line;
    if (line.starts_with("AUTH LOGIN")) {
        // The name came with the command, or is asked for.
        const int questions = line == "AUTH LOGIN" ? 2 : 1;
        for (int i = 0; i < questions; ++i) {
            if (!peer.write("334 VXNlcm5hbWU6\r\n")) return false;
            const auto word = peer.read_line();
            if (!word) return false;
            mail.sign_in += " " + *word;
        }
    }
    return answer(peer, "AUTH", "235 welcome\r\n");
}

bool FakeRelay::receive_text(Peer& peer, Received& mail) {
    {
        const std::lock_guard lock(mutex_);
        // After a refusal of DATA no text follows.
        if (const auto act = script_.find("DATA"); act != script_.end()) {
            if (!act->second.reply.starts_with("354")) return true;
        }
    }
    if (!answer(peer, "text", "")) return false;
    mail.text.clear();
    for (;;) {
        auto line = peer.read_line();
        if (!line) return false;
        if (*line == ".") break;
        if (line->starts_with("..")) line->erase(0, 1);
        mail.text += *line + "\r\n";
    }
    keep_in_mind(".");
    {
        const std::lock_guard lock(mutex_);
        const auto act = script_.find("dot");
        if (act == script_.end() || act->second.reply.starts_with("25")) {
            mail.with_tls = peer.has_tls();
            accepted_.push_back(mail);
        }
    }
    return answer(peer, "dot", "250 queued as 1\r\n");
}

}  // namespace mail_test
