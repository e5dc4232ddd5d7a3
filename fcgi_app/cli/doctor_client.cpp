#include "cli/doctor_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>

#include "base/ascii.h"

namespace cli::doctor {
namespace {

constexpr long patience_ms = 10'000;
constexpr std::size_t kept_bytes = 1024 * 1024;

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* place) {
    auto& body = static_cast<Answer*>(place)->body;
    body.append(bytes, std::min(size * count, kept_bytes - body.size()));
    return size * count;
}

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* place) {
    auto& headers = static_cast<Answer*>(place)->headers;
    const std::string_view line(bytes, size * count);
    if (line.starts_with("HTTP/")) headers.clear();  // "100 Continue" came before
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return line.size();
    headers.emplace_back(base::lowered(line.substr(0, colon)),
                         base::trimmed(line.substr(colon + 1), " \t\r\n"));
    return line.size();
}

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

template <typename Value>
void set(CURL* easy, CURLoption option, Value value) {
    if (curl_easy_setopt(easy, option, value) != CURLE_OK) throw std::bad_alloc();
}

Easy visitor(const std::string& url) {
    Easy easy(curl_easy_init(), &curl_easy_cleanup);
    if (easy == nullptr) throw std::bad_alloc();
    set(easy.get(), CURLOPT_URL, url.c_str());
    set(easy.get(), CURLOPT_PROTOCOLS_STR, "http,https");
    set(easy.get(), CURLOPT_PROXY, "");
    set(easy.get(), CURLOPT_NOSIGNAL, 1L);
    set(easy.get(), CURLOPT_PATH_AS_IS, 1L);
    set(easy.get(), CURLOPT_TIMEOUT_MS, patience_ms);
    set(easy.get(), CURLOPT_USERAGENT, "postern doctor");
    return easy;
}

// "Expire date:Nov 30 12:00:00 2026 GMT", of the first certificate: the site's own.
std::optional<std::time_t> end_in(CURL* easy) {
    constexpr std::string_view name = "Expire date:";
    curl_certinfo* chain = nullptr;
    curl_easy_getinfo(easy, CURLINFO_CERTINFO, &chain);
    if (chain == nullptr || chain->num_of_certs == 0) return std::nullopt;
    for (const curl_slist* line = chain->certinfo[0]; line != nullptr; line = line->next) {
        const std::string_view text(line->data);
        std::tm date{};
        if (!text.starts_with(name)) continue;
        if (strptime(line->data + name.size(), "%b %d %H:%M:%S %Y", &date) == nullptr) break;
        return timegm(&date);
    }
    return std::nullopt;
}

}  // namespace

std::vector<std::string> Answer::all(std::string_view name) const {
    std::vector<std::string> values;
    for (const auto& [key, value] : headers) {
        if (key == name) values.push_back(value);
    }
    return values;
}

std::string Answer::first(std::string_view name) const {
    const auto values = all(name);
    return values.empty() ? "" : values.front();
}

bool Answer::mentions(std::string_view text) const {
    const auto in_header = [&](const auto& header) {
        return header.second.find(text) != std::string::npos;
    };
    return body.find(text) != std::string::npos || std::ranges::any_of(headers, in_header);
}

std::string Answer::summary() const {
    return status == 0 ? failure : std::to_string(status);
}

Answer ask(const Question& question) {
    const Easy easy = visitor(question.url);
    Answer answer;
    curl_slist* list = nullptr;
    for (const std::string& header : question.headers) {
        list = curl_slist_append(list, header.c_str());
    }
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(list,
                                                                              &curl_slist_free_all);
    set(easy.get(), CURLOPT_HTTPHEADER, headers.get());
    if (question.method == "POST") {
        set(easy.get(), CURLOPT_POST, 1L);
        set(easy.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(question.body.size()));
        set(easy.get(), CURLOPT_POSTFIELDS, question.body.c_str());
    }
    set(easy.get(), CURLOPT_WRITEFUNCTION, &take_body);
    set(easy.get(), CURLOPT_WRITEDATA, static_cast<void*>(&answer));
    set(easy.get(), CURLOPT_HEADERFUNCTION, &take_header);
    set(easy.get(), CURLOPT_HEADERDATA, static_cast<void*>(&answer));
    const CURLcode code = curl_easy_perform(easy.get());
    long status = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    answer.status = static_cast<int>(status);
    if (code != CURLE_OK) answer.failure = curl_easy_strerror(code);
    return answer;
}

Certificate certificate_of(const std::string& url) {
    const Easy easy = visitor(url);
    std::array<char, CURL_ERROR_SIZE> words{};
    set(easy.get(), CURLOPT_ERRORBUFFER, words.data());
    set(easy.get(), CURLOPT_CONNECT_ONLY, 1L);
    set(easy.get(), CURLOPT_CERTINFO, 1L);
    const CURLcode code = curl_easy_perform(easy.get());
    Certificate shown{end_in(easy.get()), ""};
    if (code == CURLE_OK) return shown;
    shown.refusal = words.front() == '\0' ? curl_easy_strerror(code) : words.data();
    set(easy.get(), CURLOPT_SSL_VERIFYPEER, 0L);
    set(easy.get(), CURLOPT_SSL_VERIFYHOST, 0L);
    if (curl_easy_perform(easy.get()) == CURLE_OK) shown.ends = end_in(easy.get());
    return shown;
}

}  // namespace cli::doctor
