// bench_load: a closed-loop HTTP/1.1 load for the benchmarks. Every answer is checked, status and
// body, so that a fast wrong answer is never taken for a fast one.
//
//   bench_load [OPTION…] http://HOST:PORT/PATH      HOST an IPv4 address or localhost
//     --connections N   clients; each sends the next request when it has its answer (32)
//     --seconds S       how long; SIGTERM ends it early. The first tenth, a second at the most,
//     warms
//                       up and is not counted (5)
//     --threads T       of the load itself (1)
//     --pause MS        what a client waits between an answer and its next request (0)
//     --method M        (GET)
//     --header LINE     "Name: value", any number of times
//     --body TEXT
//     --lines FILE      requests take its lines in turn; in a path, header, body or expected text
//                       {1} is the line up to its first tab, {2} the rest
//     --once            end when each line was used; nothing is warming up
//     --status N        the status that is right (200)
//     --expect TEXT     what every body must hold
//
// {n} is a running number, {run} one that no earlier run had. Prints one line of JSON: requests,
// rate (a second), p50_ms, p99_ms and max_ms to the first byte of the answer, errors (connections
// that failed or broke off), wrong_status, wrong_body, first_fault. Exits 1 when anything was
// wrong.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::chrono::seconds longest_wait{5};  // at the end of the run
constexpr microseconds longest_warming{1'000'000};

volatile std::sig_atomic_t told_to_end = 0;

struct Plan {
    std::string host, path, method = "GET", headers, body, expect, run;
    std::uint16_t port = 80;
    int connections = 32, threads = 1, status = 200;
    double seconds = 5;
    milliseconds pause{0};
    bool once = false;
    std::vector<std::string> lines;
};

// ---- requests

void replace_all(std::string& text, std::string_view what, std::string_view by) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
        text.replace(at, what.size(), by);
    }
}

std::string filled(std::string text, const Plan& plan, std::uint64_t number) {
    if (text.find('{') == std::string::npos) return text;
    replace_all(text, "{run}", plan.run);
    replace_all(text, "{n}", std::to_string(number));
    if (plan.lines.empty()) return text;
    const std::string_view line = plan.lines[number % plan.lines.size()];
    const std::size_t tab = line.find('\t');
    replace_all(text, "{1}", line.substr(0, tab));
    replace_all(text, "{2}", tab == std::string_view::npos ? "" : line.substr(tab + 1));
    return text;
}

std::string request_text(const Plan& plan, std::uint64_t number) {
    const std::string body = filled(plan.body, plan, number);
    std::string text = plan.method + " " + filled(plan.path, plan, number) +
                       " HTTP/1.1\r\nHost: " + plan.host + ":" + std::to_string(plan.port) +
                       "\r\n" + filled(plan.headers, plan, number);
    if (plan.method != "GET") text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return text + "\r\n" + body;
}

// ---- what came out

struct Tally {
    std::vector<std::uint32_t> micros;  // to the first byte
    double seconds = 0;                 // that were counted
    std::uint64_t errors = 0, wrong_status = 0, wrong_body = 0;
    std::string first_fault;

    void fault(std::uint64_t& count, std::string_view what) {
        ++count;
        if (first_fault.empty()) first_fault = what.substr(0, 200);
    }
    void add(Tally& other) {
        micros.insert(micros.end(), other.micros.begin(), other.micros.end());
        seconds = std::max(seconds, other.seconds);
        errors += other.errors;
        wrong_status += other.wrong_status;
        wrong_body += other.wrong_body;
        if (first_fault.empty()) first_fault = other.first_fault;
    }
    [[nodiscard]] bool is_clean() const { return errors + wrong_status + wrong_body == 0; }
};

// ---- one client

struct Client {
    int descriptor = -1;
    std::uint64_t number = 0;
    std::string answer;
    Clock::time_point sent_at, first_byte_at, resume_at;
    bool waits = false;  // for an answer
};

struct Answer {
    int status = 0;
    std::size_t head = 0, size = 0;  // of the head; of all
    bool closes = false;
};

// A whole answer, or a status of 0 while bytes are missing. Bodies have a Content-Length or are
// chunked (then the last chunk tells the end).
Answer parse(const std::string& text) {
    const std::size_t end = text.find("\r\n\r\n");
    if (end == std::string::npos) return {};
    Answer answer;
    answer.head = end + 4;
    const std::string_view head(text.data(), end);
    const auto value = [&](std::string_view name) {
        const std::size_t at = head.find(name);
        return at == std::string_view::npos ? std::string_view() : head.substr(at + name.size());
    };
    std::size_t length = 0;
    if (const auto text_length = value("Content-Length: "); !text_length.empty()) {
        std::from_chars(text_length.data(), text_length.data() + text_length.size(), length);
    } else if (!value("chunked").empty()) {
        const std::size_t last = text.find("0\r\n\r\n", answer.head);
        if (last == std::string::npos) return {};
        length = last + 5 - answer.head;
    }
    answer.size = answer.head + length;
    answer.closes = !value("Connection: close").empty();
    if (text.size() >= answer.size) std::from_chars(&text[9], &text[12], answer.status);
    return answer;
}

class Load {
  public:
    Load(const Plan& plan, int first, int clients)
        : plan_(plan),
          epoll_(epoll_create1(0)),
          next_(static_cast<std::uint64_t>(first)),
          clients_(static_cast<std::size_t>(clients)) {}
    ~Load() {
        for (Client& client : clients_) close(client.descriptor);
        close(epoll_);
    }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    void run() {
        const auto span =
            std::chrono::duration_cast<microseconds>(std::chrono::duration<double>(plan_.seconds));
        const auto begin = Clock::now();
        counts_from_ = plan_.once ? begin : begin + std::min(span / 10, longest_warming);
        ends_ = begin + span;
        for (Client& client : clients_) connect_to_server(client);
        for (Client& client : clients_) send_next(client);
        std::array<epoll_event, 256> events;
        while (told_to_end == 0 && Clock::now() < ends_ && (in_flight_ > 0 || !is_exhausted())) {
            const int count = epoll_wait(epoll_, events.data(), events.size(), wait_ms());
            for (int i = 0; i < count; ++i) {
                receive(clients_[events[static_cast<std::size_t>(i)].data.u32]);
            }
            if (plan_.pause.count() > 0) resume();
        }
        const auto end = Clock::now();
        tally.seconds = std::chrono::duration<double>(end - counts_from_).count();
        for (const Client& client : clients_) {
            if (client.waits && end - client.sent_at > longest_wait) {
                tally.fault(tally.errors, "no answer in time");
            }
        }
    }

    Tally tally;

  private:
    bool is_exhausted() const { return plan_.once && next_ >= plan_.lines.size(); }
    int wait_ms() const { return plan_.pause.count() > 0 ? 1 : 100; }

    void connect_to_server(Client& client) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(plan_.port);
        inet_pton(AF_INET, plan_.host == "localhost" ? "127.0.0.1" : plan_.host.c_str(),
                  &address.sin_addr);
        client.descriptor = socket(AF_INET, SOCK_STREAM, 0);
        const int one = 1;
        setsockopt(client.descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        const auto* generic = reinterpret_cast<const sockaddr*>(&address);
        if (connect(client.descriptor, generic, sizeof address) != 0) {
            throw std::runtime_error("cannot connect to " + plan_.host + ":" +
                                     std::to_string(plan_.port));
        }
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u32 = static_cast<std::uint32_t>(&client - clients_.data());
        epoll_ctl(epoll_, EPOLL_CTL_ADD, client.descriptor, &event);
    }

    void reconnect(Client& client) {
        close(client.descriptor);
        connect_to_server(client);
    }

    void send_next(Client& client) {
        if (is_exhausted()) return;
        client.number = next_;
        next_ += static_cast<std::uint64_t>(plan_.threads);
        client.answer.clear();
        const std::string text = request_text(plan_, client.number);
        client.sent_at = Clock::now();
        client.first_byte_at = {};
        const auto sent = send(client.descriptor, text.data(), text.size(), MSG_NOSIGNAL);
        client.waits = sent == static_cast<ssize_t>(text.size());
        if (client.waits) {
            ++in_flight_;
        } else {
            tally.fault(tally.errors, "send failed");
            reconnect(client);
            client.resume_at = Clock::now();
        }
    }

    void receive(Client& client) {
        char buffer[32 * 1024];
        const auto got = recv(client.descriptor, buffer, sizeof buffer, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (got <= 0) return on_end(client);
        if (client.answer.empty()) client.first_byte_at = Clock::now();
        client.answer.append(buffer, static_cast<std::size_t>(got));
        const Answer answer = parse(client.answer);
        if (answer.status == 0) return;
        check(client, answer);
        client.waits = false;
        --in_flight_;
        if (answer.closes) reconnect(client);
        go_on(client);
    }

    // Between two requests a server may close.
    void on_end(Client& client) {
        const bool broke_off = client.waits;
        reconnect(client);
        if (!broke_off) return;
        tally.fault(tally.errors, "the connection ended before the answer");
        client.waits = false;
        --in_flight_;
        go_on(client);
    }

    void go_on(Client& client) {
        if (plan_.pause.count() == 0) return send_next(client);
        client.resume_at = Clock::now() + plan_.pause;
    }

    void resume() {
        const auto now = Clock::now();
        for (Client& client : clients_) {
            if (!client.waits && client.resume_at <= now) send_next(client);
        }
    }

    void check(const Client& client, const Answer& answer) {
        const std::string_view body = std::string_view(client.answer).substr(answer.head);
        if (answer.status != plan_.status) {
            tally.fault(tally.wrong_status, client.answer);
        } else if (!plan_.expect.empty() && body.find(filled(plan_.expect, plan_, client.number)) ==
                                                std::string_view::npos) {
            tally.fault(tally.wrong_body, body);
        } else if (client.sent_at >= counts_from_) {
            const auto span =
                std::chrono::duration_cast<microseconds>(client.first_byte_at - client.sent_at);
            tally.micros.push_back(static_cast<std::uint32_t>(span.count()));
        }
    }

    const Plan& plan_;
    const int epoll_;
    std::uint64_t next_;
    std::vector<Client> clients_;
    Clock::time_point counts_from_, ends_;
    int in_flight_ = 0;
};

// ---- the command line

std::vector<std::string> lines_of(const std::string& file) {
    std::ifstream in(file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    if (lines.empty()) throw std::runtime_error(file + ": no lines");
    return lines;
}

void read_url(Plan& plan, std::string_view url) {
    constexpr std::string_view scheme = "http://";
    if (!url.starts_with(scheme)) throw std::runtime_error("the address begins with http://");
    url.remove_prefix(scheme.size());
    const std::size_t slash = std::min(url.find('/'), url.size());
    const std::string_view host = url.substr(0, slash);
    const std::size_t colon = host.find(':');
    plan.host = host.substr(0, colon);
    if (colon != std::string_view::npos) {
        std::from_chars(host.data() + colon + 1, host.data() + host.size(), plan.port);
    }
    plan.path = slash == url.size() ? "/" : url.substr(slash);
}

struct Option {
    std::string_view name;
    void (*take)(Plan&, const std::string& value);
};

constexpr std::array options{
    Option{"--connections", [](Plan& plan, const std::string& v) { plan.connections = stoi(v); }},
    Option{"--seconds", [](Plan& plan, const std::string& v) { plan.seconds = stod(v); }},
    Option{"--threads", [](Plan& plan, const std::string& v) { plan.threads = stoi(v); }},
    Option{"--pause", [](Plan& plan, const std::string& v) { plan.pause = milliseconds(stoi(v)); }},
    Option{"--method", [](Plan& plan, const std::string& v) { plan.method = v; }},
    Option{"--header", [](Plan& plan, const std::string& v) { plan.headers += v + "\r\n"; }},
    Option{"--body", [](Plan& plan, const std::string& v) { plan.body = v; }},
    Option{"--lines", [](Plan& plan, const std::string& v) { plan.lines = lines_of(v); }},
    Option{"--status", [](Plan& plan, const std::string& v) { plan.status = stoi(v); }},
    Option{"--expect", [](Plan& plan, const std::string& v) { plan.expect = v; }},
};

Plan read_arguments(int argc, char** argv) {
    Plan plan;
    plan.run = std::to_string(std::chrono::system_clock::now().time_since_epoch().count() / 1000);
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (!word.starts_with("--")) {
            read_url(plan, word);
            continue;
        }
        if (word == "--once") {
            plan.once = true;
            continue;
        }
        if (++i == argc) throw std::runtime_error(word + " wants a value");
        const std::string value = argv[i];
        const auto option = std::ranges::find(options, word, &Option::name);
        if (option == options.end()) throw std::runtime_error("unknown option " + word);
        option->take(plan, value);
    }
    if (plan.host.empty()) throw std::runtime_error("no address");
    plan.threads = std::min(plan.threads, plan.connections);
    return plan;
}

std::string quoted(std::string_view text) {
    std::string out;
    for (const char letter : text) {
        if (letter == '"' || letter == '\\') out += '\\';
        out += static_cast<unsigned char>(letter) < 0x20 ? ' ' : letter;
    }
    return '"' + out + '"';
}

void print(Tally& tally) {
    auto& micros = tally.micros;
    std::sort(micros.begin(), micros.end());
    const auto share = [&](double part) {
        if (micros.empty()) return 0.0;
        const auto at = static_cast<std::size_t>(part * static_cast<double>(micros.size() - 1));
        return static_cast<double>(micros[at]) / 1000;
    };
    std::printf(
        "{\"requests\":%zu,\"rate\":%.0f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,"
        "\"errors\":%llu,\"wrong_status\":%llu,\"wrong_body\":%llu,\"first_fault\":%s}\n",
        micros.size(), tally.seconds > 0 ? static_cast<double>(micros.size()) / tally.seconds : 0,
        share(0.5), share(0.99), share(1), static_cast<unsigned long long>(tally.errors),
        static_cast<unsigned long long>(tally.wrong_status),
        static_cast<unsigned long long>(tally.wrong_body), quoted(tally.first_fault).c_str());
}

int run(const Plan& plan) {
    std::vector<std::unique_ptr<Load>> loads;
    for (int i = 0; i < plan.threads; ++i) {
        const int clients = (plan.connections + plan.threads - 1 - i) / plan.threads;
        loads.push_back(std::make_unique<Load>(plan, i, clients));
    }
    std::vector<std::thread> threads;
    for (auto& load : loads)
        threads.emplace_back([&load] {
            try {
                load->run();
            } catch (const std::exception& error) {
                load->tally.fault(load->tally.errors, error.what());
            }
        });
    for (std::thread& thread : threads) thread.join();
    Tally all;
    for (auto& load : loads) all.add(load->tally);
    print(all);
    return all.is_clean() && !all.micros.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGTERM, [](int) { told_to_end = 1; });
    try {
        return run(read_arguments(argc, argv));
    } catch (const std::exception& error) {
        std::cerr << "bench_load: " << error.what() << "\n";
        return 2;
    }
}
