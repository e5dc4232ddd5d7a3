#include "fcgi/connection.h"

#include <fcgiapp.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <optional>
#include <stdexcept>
#include <string>

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

}  // namespace

Connection::Connection(http::Lane lane, std::size_t max_body_bytes)
    : parser_(std::make_unique<Parser>()), lane_(lane), max_body_bytes_(max_body_bytes) {}

Connection::~Connection() = default;

bool Connection::serve(int descriptor,
                       const std::function<http::Response(const http::Request&)>& handle) {
    if (!parser_->parse(descriptor)) return false;
    struct Release {
        Parser& parser;
        bool keep = false;
        ~Release() { parser.release(keep); }
    } connection{*parser_};

    FCGX_Request& wire = parser_->request;
    Parameters parameters = read_parameters(wire.envp);
    Body body = read_body(wire.in, parameters.content_length, max_body_bytes_);
    std::optional<http::Response> response = refusal(parameters, body, max_body_bytes_);
    if (!response) {
        parameters.request.lane = lane_;
        parameters.request.body = std::move(body.bytes);
        response = handle(parameters.request);
    }
    const bool with_body = parameters.request.method != http::Method::head;
    const std::string text = http::to_cgi(*response, with_body);
    FCGX_PutStr(text.data(), static_cast<int>(text.size()), wire.out);

    connection.keep = parser_->finish() && wire.keepConnection != 0 && body.is_whole;
    return connection.keep;
}

}  // namespace fcgi
