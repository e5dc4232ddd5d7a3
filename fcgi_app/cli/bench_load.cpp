#include "cli/bench_load.h"

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <new>

namespace cli::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr long patience_ms = 20'000;  // longer than any answer of a service that is alive
constexpr int poll_ms = 100;
constexpr std::size_t kept_bytes = 16 * 1024;

template <auto free>
struct Free {
    template <typename Handle>
    void operator()(Handle* handle) const noexcept {
        free(handle);
    }
};
using Easy = std::unique_ptr<CURL, Free<curl_easy_cleanup>>;
using Multi = std::unique_ptr<CURLM, Free<curl_multi_cleanup>>;
using List = std::unique_ptr<curl_slist, Free<curl_slist_free_all>>;

template <typename Value>
void set(const Easy& easy, CURLoption option, Value value) {
    if (curl_easy_setopt(easy.get(), option, value) != CURLE_OK) throw std::bad_alloc();
}

template <typename Value>
Value info(CURL* easy, CURLINFO what) {
    Value value{};
    curl_easy_getinfo(easy, what, &value);
    return value;
}

List list_of(const std::vector<std::string>& lines) {
    List list;
    for (const std::string& line : lines) {
        curl_slist* longer = curl_slist_append(list.get(), line.c_str());
        if (longer == nullptr) throw std::bad_alloc();
        (void)list.release();
        list.reset(longer);
    }
    return list;
}

std::size_t take(char* bytes, std::size_t size, std::size_t count, void* place) {
    auto& body = *static_cast<std::string*>(place);
    body.append(bytes, std::min(size * count, kept_bytes - body.size()));
    return size * count;
}

struct Client {
    Easy easy;
    std::string body{};  // of its answer
    Clock::time_point asked_at{};
    char failure[CURL_ERROR_SIZE]{};
};

class Load {
  public:
    explicit Load(const Plan& plan)
        : plan_(plan),
          headers_(list_of({"Content-Type: application/json", "Accept: application/json"})),
          route_(list_of({"::" + plan.connect_to + ":"})),
          multi_(curl_multi_init()) {
        if (multi_ == nullptr) throw std::bad_alloc();
        for (int i = 0; i < plan.connections; ++i) clients_.push_back(make_client());
    }
    ~Load() {
        for (const auto& client : clients_)
            curl_multi_remove_handle(multi_.get(), client->easy.get());
    }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    Outcome run(const GoOn& go_on) {
        const auto begin = Clock::now();
        const std::chrono::duration<double> span(plan_.seconds);
        counts_from_ = begin + std::chrono::duration_cast<Clock::duration>(span / 10);
        for (const auto& client : clients_) ask(*client);
        while (in_flight_ > 0) {
            const std::chrono::duration<double> past = Clock::now() - begin;
            if (asking_ && (past >= span || !go_on(past / span))) stop();
            move();
        }
        std::ranges::sort(found_.micros);
        return std::move(found_);
    }

  private:
    std::unique_ptr<Client> make_client() {
        auto client = std::make_unique<Client>(Client{Easy(curl_easy_init())});
        const Easy& easy = client->easy;
        if (easy == nullptr) throw std::bad_alloc();
        set(easy, CURLOPT_URL, plan_.url.c_str());
        set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
        set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
        set(easy, CURLOPT_PROXY, "");
        set(easy, CURLOPT_NOSIGNAL, 1L);
        set(easy, CURLOPT_TIMEOUT_MS, patience_ms);
        set(easy, CURLOPT_USERAGENT, "postern bench");
        set(easy, CURLOPT_HTTPHEADER, headers_.get());
        set(easy, CURLOPT_ERRORBUFFER, client->failure);
        set(easy, CURLOPT_WRITEFUNCTION, &take);
        set(easy, CURLOPT_WRITEDATA, static_cast<void*>(&client->body));
        set(easy, CURLOPT_PRIVATE, static_cast<void*>(client.get()));
        if (!plan_.connect_to.empty()) set(easy, CURLOPT_CONNECT_TO, route_.get());
        if (!plan_.body.empty()) {
            set(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(plan_.body.size()));
            set(easy, CURLOPT_POSTFIELDS, plan_.body.c_str());
        }
        return client;
    }

    void ask(Client& client) {
        if (!plan_.cookies.empty()) {
            set(client.easy, CURLOPT_COOKIE, plan_.cookies[next_++ % plan_.cookies.size()].c_str());
        }
        client.body.clear();
        client.failure[0] = '\0';
        client.asked_at = Clock::now();
        curl_multi_add_handle(multi_.get(), client.easy.get());
        ++in_flight_;
    }

    // Sends and receives what can be, and waits when there is nothing.
    void move() {
        int running = 0;
        curl_multi_perform(multi_.get(), &running);
        bool any = false;
        int left = 0;
        while (CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            any = true;
            take_answer(message->easy_handle, message->data.result);
        }
        if (!any) curl_multi_poll(multi_.get(), nullptr, 0, poll_ms, nullptr);
    }

    void take_answer(CURL* easy, CURLcode result) {
        Client& client = *static_cast<Client*>(info<void*>(easy, CURLINFO_PRIVATE));
        judge(client, result);
        curl_multi_remove_handle(multi_.get(), easy);
        --in_flight_;
        if (asking_) ask(client);
    }

    void judge(const Client& client, CURLcode result) {
        const auto status = info<long>(client.easy.get(), CURLINFO_RESPONSE_CODE);
        ++found_.answers;
        if (result != CURLE_OK) {
            const bool told = client.failure[0] != '\0';
            fault(told ? client.failure : curl_easy_strerror(result));
        } else if (status != 200) {
            fault("it answers " + std::to_string(status));
        } else if (client.body.find(plan_.expected) == std::string::npos) {
            fault("it answers with what was not asked for: " + client.body.substr(0, 200));
        } else if (const auto now = Clock::now(); now >= counts_from_) {
            const std::chrono::duration<double, std::micro> took = now - client.asked_at;
            found_.micros.push_back(static_cast<std::uint32_t>(took.count()));
            if (asking_) ++found_.in_time;
        }
    }

    // A service that refuses is not asked a hundred thousand times.
    void fault(std::string what) {
        constexpr std::uint64_t enough = 100;
        if (found_.first_fault.empty()) found_.first_fault = std::move(what);
        if (++found_.faults >= enough) stop();
    }

    void stop() {
        if (!asking_) return;
        asking_ = false;
        found_.seconds = std::chrono::duration<double>(Clock::now() - counts_from_).count();
    }

    const Plan& plan_;
    const List headers_;
    const List route_;
    const Multi multi_;
    std::vector<std::unique_ptr<Client>> clients_;
    Clock::time_point counts_from_;
    std::size_t next_ = 0;
    int in_flight_ = 0;
    bool asking_ = true;
    Outcome found_;
};

}  // namespace

double Outcome::a_second() const noexcept {
    return seconds > 0 ? static_cast<double>(in_time) / seconds : 0;
}

double Outcome::ms(double share) const noexcept {
    if (micros.empty()) return 0;
    const auto last = static_cast<double>(micros.size() - 1);
    return static_cast<double>(micros[static_cast<std::size_t>(share * last)]) / 1'000;
}

Outcome run(const Plan& plan, const GoOn& go_on) {
    return Load(plan).run(go_on);
}

}  // namespace cli::bench
