#include "fcgi/connection.h"

#include <fcgiapp.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>

#include "base/metrics.h"
#include "base/secret.h"
#include "fcgi/acceptor.h"
#include "fcgi/parameters.h"

namespace fcgi {

void start_library() {
    if (FCGX_Init() != 0) throw std::runtime_error("libfcgi does not start");
    std::signal(SIGPIPE, SIG_IGN);
}

struct Connection::Parser {
    FCGX_Request request{};

    Parser() { FCGX_InitRequest(&request, -1, 0); }

    // Takes a request off the descriptor. False when there is none; libfcgi has closed it then.
    bool parse(int descriptor) {
        request.ipcFd = descriptor;
        request.keepConnection = 1;  // or FCGX_Accept_r closes the descriptor before it starts
        request.detached = 1;        // or closing lingers for up to two seconds
        return FCGX_Accept_r(&request) == 0;
    }

    // Sends what is buffered and the end of the request. False when the stream is broken.
    bool finish() {
        const bool sent = FCGX_FClose(request.err) == 0 && FCGX_FClose(request.out) == 0;
        return sent && FCGX_GetError(request.in) == 0;
    }

    // Frees the request; closes the descriptor or hands it back.
    void release(bool keep) {
        FCGX_Free(&request, keep ? 0 : 1);
        request.ipcFd = -1;
    }
};

namespace {

// A client that sends more than this is cut off rather than read to the end.
constexpr std::size_t most_discarded = 1024 * 1024;

struct Body {
    std::string bytes;      // at most the limit
    std::size_t total = 0;  // how many were read
    bool is_whole = false;  // the end of standard input was seen
};

Body read_body(FCGX_Stream* input, std::size_t announced, std::size_t limit) {
    Body body;
    body.bytes.reserve(std::min(announced, limit));
    char buffer[8192];
    while (body.total <= limit + most_discarded) {
        const int count = FCGX_GetStr(buffer, sizeof buffer, input);
        const auto size = static_cast<std::size_t>(std::max(count, 0));
        body.total += size;
        body.bytes.append(buffer, std::min(size, limit - body.bytes.size()));
        if (size < sizeof buffer) {
            body.is_whole = FCGX_HasSeenEOF(input) != 0 && FCGX_GetError(input) == 0;
            break;
        }
    }
    if (body.total > 0) {  // a password may be in it
        explicit_bzero(buffer, std::min(body.total, sizeof buffer));
        explicit_bzero(input->stopUnget, static_cast<std::size_t>(input->stop - input->stopUnget));
    }
    return body;
}

http::Response plain(int status, std::string_view words) {
    http::Response response;
    response.status = status;
    response.add("Content-Type", "text/plain; charset=utf-8");
    response.add("Cache-Control", "no-store");
    response.add("X-Content-Type-Options", "nosniff");
    response.body = words;
    return response;
}

// What is wrong with the request before anything looked at its meaning.
std::optional<http::Response> refusal(const Parameters& parameters, const Body& body,
                                      std::size_t limit) {
    if (parameters.fault == ParameterFault::repeated) return plain(400, "Repeated parameter.\n");
    if (parameters.fault == ParameterFault::content_length)
        return plain(400, "Bad Content-Length.\n");
    if (parameters.content_length > limit || body.total > limit) {
        return plain(413, "The request is too large.\n");
    }
    if (!body.is_whole || body.total != parameters.content_length) {
        return plain(400, "The request's body is not as long as announced.\n");
    }
    return std::nullopt;
}

// How long the request waited for a thread: nginx and this are on one machine and share its clock.
void count_wait(const http::Request& request) {
    double received = 0;
    const std::string& text = request.received_at;
    if (std::from_chars(text.data(), text.data() + text.size(), received).ec != std::errc{}) return;
    const std::chrono::duration<double> at(received);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    base::count_duration(base::Duration::hashing_wait,
                         std::chrono::duration_cast<std::chrono::nanoseconds>(now - at));
}

}  // namespace

Connection::Connection(http::Lane lane, std::size_t max_body_bytes)
    : parser_(std::make_unique<Parser>()), lane_(lane), max_body_bytes_(max_body_bytes) {}

Connection::~Connection() = default;

const http::Request* Connection::read(int descriptor) {
    is_kept_ = false;
    if (!parser_->parse(descriptor)) return nullptr;
    timer_.emplace(metrics_of(lane_));
    Parameters parameters = read_parameters(parser_->request.envp);
    Body body = read_body(parser_->request.in, parameters.content_length, max_body_bytes_);
    is_whole_ = body.is_whole;
    const auto refused = refusal(parameters, body, max_body_bytes_);
    request_ = std::move(parameters.request);
    request_.lane = lane_;
    request_.taken_up = std::chrono::steady_clock::now();
    request_.body = std::move(body.bytes);
    if (lane_ == http::Lane::hashing) count_wait(request_);
    if (!refused) return &request_;
    base::count_request(std::nullopt, request_.method == http::Method::post, refused->status);
    answer(*refused);
    return nullptr;
}

void Connection::answer(const http::Response& response) {
    const bool with_body = request_.method != http::Method::head;
    const std::string text = http::to_cgi(response, with_body);
    FCGX_PutStr(text.data(), static_cast<int>(text.size()), parser_->request.out);
    is_kept_ = parser_->finish() && parser_->request.keepConnection != 0 && is_whole_;
    end();
}

void Connection::drop() noexcept {
    is_kept_ = false;
    end();
}

void Connection::end() noexcept {
    base::wipe(request_.body);  // passwords
    parser_->release(is_kept_);
    timer_.reset();
}

}  // namespace fcgi
