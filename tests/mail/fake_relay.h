// An SMTP server on loopback that does what a test tells it, down to the worst.
//
// Threads: one of its own that accepts and one a connection. All public functions may be called
// from the test's thread at any time. The destructor ends every connection and joins.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "mail/certificate.h"
#include "mail/settings.h"

namespace mail_test {

// What the relay does at a step instead of the usual.
struct Act {
    enum class Then {
        go_on,
        close,          // the connection
        reset,          // the same, as a machine that fell over
        hang,           // neither reads nor writes until the client has gone
        drip,           // "250-slow…", a byte a second, without an end
        endless_line,   // as fast as it goes
        endless_lines,  // "250-more" as fast as it goes
    };
    std::string reply;  // with its line ends
    Then then = Then::go_on;
};

struct Received {
    std::string from;
    std::string recipient;
    std::string text;  // without the dots of the way
    std::string sign_in;
    bool with_tls = false;
    int connection = 0;
};

class FakeRelay {
  public:
    struct Options {
        const Identity* identity = nullptr;  // null: no TLS
        bool tls_at_once = false;
        int oldest_tls = TLS1_2_VERSION;
        int newest_tls = TLS1_3_VERSION;
        std::string auth = "";  // "PLAIN LOGIN": what EHLO offers
        bool ip6 = false;       // on ::1
    };
    // connect, EHLO, HELO, STARTTLS, AUTH, MAIL, RCPT, DATA, text (after 354), dot, QUIT
    using Script = std::map<std::string, Act>;

    explicit FakeRelay(Script script = {});
    FakeRelay(Script script, Options options);
    ~FakeRelay();
    FakeRelay(const FakeRelay&) = delete;
    FakeRelay& operator=(const FakeRelay&) = delete;

    void play(Script script);  // from the next step on
    // Runs at a step, before its answer; on the connection's thread.
    void at(const std::string& step, std::function<void()> hook);

    [[nodiscard]] mail::Relay relay(mail::RelaySecurity security = mail::RelaySecurity::smtp) const;
    [[nodiscard]] std::vector<Received> accepted() const;  // answered with 250
    [[nodiscard]] std::vector<std::string> commands() const;
    [[nodiscard]] int connections() const { return connections_; }
    [[nodiscard]] bool has_open_connections() const;
    [[nodiscard]] bool heard(const std::string& word) const;  // in any command

  private:
    class Peer;

    void accept_all();
    void serve(int socket, int number);
    bool talk(Peer& peer, Received& mail);
    bool receive_text(Peer& peer, Received& mail);
    bool sign_in(Peer& peer, Received& mail, const std::string& line);
    bool answer(Peer& peer, const std::string& step, const std::string& usual);
    [[nodiscard]] std::string ehlo_reply(const Peer& peer) const;
    void keep_in_mind(const std::string& line);

    const Options options_;
    int listener_ = -1;
    int port_ = 0;
    std::atomic<bool> stopping_{false};
    std::atomic<int> connections_{0};

    mutable std::mutex mutex_;  // guards what follows
    Script script_;
    std::map<std::string, std::function<void()>> hooks_;
    std::vector<Received> accepted_;
    std::vector<std::string> commands_;
    std::vector<int> sockets_;

    std::list<std::thread> peers_;  // only the accepting thread, and the destructor after its end
    std::thread thread_;
};

}  // namespace mail_test
