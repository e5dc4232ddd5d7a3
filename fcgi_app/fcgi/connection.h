// One request on one FastCGI connection, parsed and answered by libfcgi. The only includer of
// fcgiapp.h.
//
// libfcgi wants to accept and close by itself. It is kept from both: for a descriptor that is ready
// to be read, ipcFd is set and FCGX_Accept_r then only parses; afterwards the descriptor is taken
// back. The public header calls these members private; tests/fcgi/acceptor_test.cpp notices a
// libfcgi in which they mean something else.
//
// Standard input is read to its end before the handler is called, or the connection is not kept:
// bytes of a body that stay in the socket would be parsed as the next FastCGI request, with any
// parameters that a visitor likes (request smuggling). A body of another size than CONTENT_LENGTH
// is a 400 without the handler.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "fcgi/lane_metrics.h"
#include "http/request.h"
#include "http/response.h"

namespace fcgi {

// One thread at a time; another may answer what one has read.
class Connection {
  public:
    Connection(http::Lane lane, std::size_t max_body_bytes);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Reads one request from the descriptor; the caller answers or drops it before the next. Null
    // when there is nothing to answer: it was refused for its form, or nobody is there any more.
    // Blocks for at most a few times the receive and send time-outs of the socket.
    [[nodiscard]] const http::Request* read(int descriptor);

    // Both end the request. answer() blocks like read(). Nobody else may close the descriptor
    // before: libfcgi closes it itself when it cannot parse or send.
    void answer(const http::Response& response);
    void drop() noexcept;  // without an answer, and the connection with it

    // Whether the connection stays open for the next request, now that this one has ended.
    [[nodiscard]] bool is_kept() const noexcept { return is_kept_; }

  private:
    void end() noexcept;

    struct Parser;
    std::unique_ptr<Parser> parser_;
    const http::Lane lane_;
    const std::size_t max_body_bytes_;
    http::Request request_;
    std::optional<RequestTimer> timer_;  // while there is a request
    bool is_whole_ = false;              // nothing of the request is left in the socket
    bool is_kept_ = false;
};

}  // namespace fcgi
