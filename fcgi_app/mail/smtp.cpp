#include "mail/smtp.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <mutex>
#include <new>
#include <vector>

namespace mail {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds patience_for_quit{2'000};
constexpr milliseconds patience_for_session{25'000};  // until MAIL may be said
constexpr int mails_per_connection = 100;

void start_curl() {
    static std::once_flag once;
    std::call_once(once, [] {
        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::bad_alloc();
    });
}

bool is_loopback(const sockaddr& address) noexcept {
    if (address.sa_family == AF_INET) {
        const auto& ip4 = reinterpret_cast<const sockaddr_in&>(address);
        return ntohl(ip4.sin_addr.s_addr) >> 24U == 127;
    }
    if (address.sa_family == AF_INET6) {
        return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6&>(address).sin6_addr) != 0;
    }
    return false;
}

std::string url_of(const Relay& relay, const std::string& helo_name) {
    const bool tls_at_once = relay.security == RelaySecurity::smtps;
    const bool ip6 = relay.host.find(':') != std::string::npos;
    return (tls_at_once ? "smtps://" : "smtp://") + (ip6 ? "[" + relay.host + "]" : relay.host) +
           ":" + std::to_string(relay.port) + "/" + helo_name;
}

const char* login_options(RelayAuth auth) noexcept {
    switch (auth) {
        case RelayAuth::plain:
            return "AUTH=PLAIN;AUTH=LOGIN";
        case RelayAuth::login:
            return "AUTH=LOGIN";
        case RelayAuth::xoauth2:
            return "AUTH=XOAUTH2";
        case RelayAuth::none:
            break;
    }
    return nullptr;
}

}  // namespace

// One easy handle and the one connection in its cache.
class Smtp::Connection {
  public:
    Connection(const Settings& settings, const Relay& relay);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    Verdict send(const Parcel& parcel, const Terms& terms);
    void quit() noexcept;
    [[nodiscard]] bool may_be_used_again() const noexcept;

  private:
    template <typename Value>
    void set(CURLoption option, Value value) {
        if (curl_easy_setopt(easy_, option, value) != CURLE_OK) throw std::bad_alloc();
    }
    void set_up_tls(const Settings& settings, const Relay& relay);
    void set_up_sign_in(const Relay& relay);
    void set_up_callbacks();

    static std::size_t read(char* buffer, std::size_t size, std::size_t count, void* self);
    static std::size_t reply(char* line, std::size_t size, std::size_t count, void* self);
    static std::size_t ignore(char* bytes, std::size_t size, std::size_t count, void* self);
    static int trace(CURL* easy, curl_infotype type, char* bytes, std::size_t size, void* self);
    static int progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
    static curl_socket_t open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
    static int close_socket(void* self, curl_socket_t socket);

    std::size_t hand_over(char* buffer, std::size_t room);
    [[nodiscard]] bool must_break_off();

    CURL* easy_;
    const bool only_loopback_;
    std::array<char, CURL_ERROR_SIZE> error_{};
    std::vector<curl_socket_t> sockets_;  // that libcurl holds open
    int mails_ = 0;
    bool accepted_ = false;  // the last one

    // Of the dialogue that is going on.
    Dialogue dialogue_;
    const Parcel* parcel_ = nullptr;
    const Terms* terms_ = nullptr;
    std::size_t handed_over_ = 0;
    Clock::time_point deadline_;
    std::exception_ptr thrown_;
};

Smtp::Connection::Connection(const Settings& settings, const Relay& relay)
    : easy_((start_curl(), curl_easy_init())),
      only_loopback_(relay.security == RelaySecurity::smtp) {
    if (easy_ == nullptr) throw std::bad_alloc();
    set(CURLOPT_URL, url_of(relay, settings.helo_name).c_str());
    set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set(CURLOPT_PROXY, "");
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_QUICK_EXIT, 1L);  // a resolver that hangs is left behind, not waited for
    set(CURLOPT_MAXCONNECTS, 1L);
    set(CURLOPT_ERRORBUFFER, error_.data());
    set_up_tls(settings, relay);
    set_up_sign_in(relay);
    set_up_callbacks();
}

// Whatever is still open is cut first: cleaning up would say QUIT with nobody watching the time.
Smtp::Connection::~Connection() {
    for (const curl_socket_t socket : sockets_) shutdown(socket, SHUT_RDWR);
    curl_easy_cleanup(easy_);
}

void Smtp::Connection::set_up_tls(const Settings& settings, const Relay& relay) {
    const bool with_tls = relay.security != RelaySecurity::smtp;
    set(CURLOPT_USE_SSL, static_cast<long>(with_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    if (settings.ca_file.empty()) return;
    set(CURLOPT_CAINFO, settings.ca_file.c_str());
    set(CURLOPT_CAPATH, nullptr);
}

void Smtp::Connection::set_up_sign_in(const Relay& relay) {
    const char* options = login_options(relay.auth);
    if (options == nullptr) return;
    set(CURLOPT_LOGIN_OPTIONS, options);
    set(CURLOPT_USERNAME, relay.user.c_str());
    set(CURLOPT_SASL_IR, 1L);
    // What a Secret reveals is a std::string's, which ends in a NUL.
    set(relay.auth == RelayAuth::xoauth2 ? CURLOPT_XOAUTH2_BEARER : CURLOPT_PASSWORD,
        relay.password.reveal().data());
}

void Smtp::Connection::set_up_callbacks() {
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_READFUNCTION, &Connection::read);
    set(CURLOPT_READDATA, static_cast<void*>(this));
    set(CURLOPT_HEADERFUNCTION, &Connection::reply);
    set(CURLOPT_HEADERDATA, static_cast<void*>(this));
    set(CURLOPT_WRITEFUNCTION, &Connection::ignore);
    set(CURLOPT_VERBOSE, 1L);  // for trace(), which sees the commands
    set(CURLOPT_DEBUGFUNCTION, &Connection::trace);
    set(CURLOPT_DEBUGDATA, static_cast<void*>(this));
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &Connection::progress);
    set(CURLOPT_XFERINFODATA, static_cast<void*>(this));
    set(CURLOPT_OPENSOCKETFUNCTION, &Connection::open_socket);
    set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
    set(CURLOPT_CLOSESOCKETFUNCTION, &Connection::close_socket);
    set(CURLOPT_CLOSESOCKETDATA, static_cast<void*>(this));
}

Verdict Smtp::Connection::send(const Parcel& parcel, const Terms& terms) {
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> recipients(
        curl_slist_append(nullptr, std::string(parcel.recipient).c_str()), &curl_slist_free_all);
    if (recipients == nullptr) throw std::bad_alloc();
    set(CURLOPT_MAIL_FROM, std::string(parcel.from).c_str());
    set(CURLOPT_MAIL_RCPT, recipients.get());
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(terms.patience.count()));
    set(CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(terms.patience.count() / 1'000 + 1));
    set(CURLOPT_CONNECTTIMEOUT_MS,
        static_cast<long>(std::min(terms.patience, patience_for_session).count()));

    dialogue_ = Dialogue();
    parcel_ = &parcel;
    terms_ = &terms;
    handed_over_ = 0;
    deadline_ = Clock::now() + terms.patience;
    thrown_ = nullptr;
    error_.front() = '\0';
    const CURLcode code = curl_easy_perform(easy_);
    curl_easy_setopt(easy_, CURLOPT_MAIL_RCPT, nullptr);
    parcel_ = nullptr;
    terms_ = nullptr;
    ++mails_;
    Verdict verdict =
        dialogue_.verdict(error_.front() != '\0' ? error_.data() : curl_easy_strerror(code));
    accepted_ = verdict.outcome == Outcome::accepted && code == CURLE_OK;
    // An accepted mail has to be marked so, whatever else went wrong.
    if (thrown_ && verdict.outcome != Outcome::accepted) std::rethrow_exception(thrown_);
    return verdict;
}

bool Smtp::Connection::may_be_used_again() const noexcept {
    if (!accepted_ || mails_ >= mails_per_connection || sockets_.size() != 1) return false;
    char byte = 0;
    const ssize_t heard = recv(sockets_.front(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return heard < 0 && errno == EAGAIN;
}

// QUIT as a request of its own, so that it has a time limit; none of it matters any more.
void Smtp::Connection::quit() noexcept {
    curl_easy_setopt(easy_, CURLOPT_UPLOAD, 0L);
    curl_easy_setopt(easy_, CURLOPT_MAIL_RCPT, nullptr);
    curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, "QUIT");
    curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(patience_for_quit.count()));
    curl_easy_setopt(easy_, CURLOPT_FORBID_REUSE, 1L);
    dialogue_ = Dialogue();
    deadline_ = Clock::now() + patience_for_quit;
    curl_easy_perform(easy_);
}

std::size_t Smtp::Connection::read(char* buffer, std::size_t size, std::size_t count, void* self) {
    auto& connection = *static_cast<Connection*>(self);
    try {
        return connection.hand_over(buffer, size * count);
    } catch (...) {
        connection.thrown_ = std::current_exception();
        connection.dialogue_.break_off("the storage failed");
        return CURL_READFUNC_ABORT;
    }
}

// Called only after the relay's 354. Giving nothing makes libcurl send the final dot at once.
std::size_t Smtp::Connection::hand_over(char* buffer, std::size_t room) {
    if (parcel_ == nullptr) return CURL_READFUNC_ABORT;
    const std::string_view rest = parcel_->message.substr(handed_over_);
    const bool first = handed_over_ == 0;
    if ((first || rest.empty()) && !terms_->is_still_mine()) {
        dialogue_.break_off("the lease has ended");
        return CURL_READFUNC_ABORT;
    }
    if (rest.empty()) {
        dialogue_.dot_given();
        return 0;
    }
    dialogue_.text_begun();
    const std::size_t count = std::min(room, rest.size());
    std::memcpy(buffer, rest.data(), count);
    handed_over_ += count;
    return count;
}

std::size_t Smtp::Connection::reply(char* line, std::size_t size, std::size_t count, void* self) {
    auto& connection = *static_cast<Connection*>(self);
    const bool within = connection.dialogue_.reply_line({line, size * count});
    return within ? size * count : 0;
}

std::size_t Smtp::Connection::ignore(char*, std::size_t size, std::size_t count, void*) {
    return size * count;
}

int Smtp::Connection::trace(CURL*, curl_infotype type, char* bytes, std::size_t size, void* self) {
    if (type != CURLINFO_HEADER_OUT) return 0;
    auto& connection = *static_cast<Connection*>(self);
    connection.dialogue_.command_sent({bytes, size});
    if (connection.dialogue_.is_quitting()) {
        connection.deadline_ = std::min(connection.deadline_, Clock::now() + patience_for_quit);
    }
    return 0;
}

int Smtp::Connection::progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    auto& connection = *static_cast<Connection*>(self);
    try {
        return connection.must_break_off() ? 1 : 0;
    } catch (...) {
        connection.thrown_ = std::current_exception();
        return 1;
    }
}

bool Smtp::Connection::must_break_off() {
    if (Clock::now() >= deadline_) return true;
    if (terms_ == nullptr || !terms_->must_stop(dialogue_.text_has_begun())) return false;
    dialogue_.break_off("the notifier was stopped");
    return true;
}

// Rule 2: a relay without TLS is on this machine, whatever its name resolves to.
curl_socket_t Smtp::Connection::open_socket(void* self, curlsocktype, curl_sockaddr* address) {
    auto& connection = *static_cast<Connection*>(self);
    if (connection.only_loopback_ && !is_loopback(address->addr)) return CURL_SOCKET_BAD;
    const curl_socket_t socket =
        ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (socket >= 0) connection.sockets_.push_back(socket);
    return socket;
}

int Smtp::Connection::close_socket(void* self, curl_socket_t socket) {
    std::erase(static_cast<Connection*>(self)->sockets_, socket);
    return ::close(socket);
}

Smtp::Smtp(const Settings& settings, const Relay& relay)
    : settings_(settings), relay_(relay), name_(relay.host + ":" + std::to_string(relay.port)) {}

Smtp::~Smtp() {
    say_goodbye();
}

Verdict Smtp::send(const Parcel& parcel, const Terms& terms) {
    const Clock::time_point start = Clock::now();
    if (connection_ && !connection_->may_be_used_again()) connection_.reset();
    const bool kept = connection_ != nullptr;
    if (!kept) connection_ = std::make_unique<Connection>(settings_, relay_);
    Verdict verdict = connection_->send(parcel, terms);
    if (verdict.outcome != Outcome::accepted) connection_.reset();
    if (!kept || verdict.outcome != Outcome::relay_trouble) return verdict;

    Terms rest = terms;
    rest.patience -= std::chrono::ceil<milliseconds>(Clock::now() - start);
    return rest.patience > milliseconds(0) ? send(parcel, rest) : verdict;
}

void Smtp::say_goodbye() noexcept {
    if (connection_ && connection_->may_be_used_again()) connection_->quit();
    connection_.reset();
}

}  // namespace mail
