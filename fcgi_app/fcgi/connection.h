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
#include <functional>
#include <memory>

#include "http/request.h"
#include "http/response.h"

namespace fcgi {

// Lives on one thread.
class Connection {
  public:
    Connection(http::Lane lane, std::size_t max_body_bytes);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Reads one request from the descriptor and answers it by `handle`. True: the connection stays
    // open for the next one. False: it is closed (libfcgi closes it itself when it cannot parse, so
    // nobody else can). Blocks for at most a few times the receive and send time-outs of the
    // socket. An exception of `handle` closes the connection and passes through.
    [[nodiscard]] bool serve(int descriptor,
                             const std::function<http::Response(const http::Request&)>& handle);

  private:
    struct Parser;
    std::unique_ptr<Parser> parser_;
    const http::Lane lane_;
    const std::size_t max_body_bytes_;
};

}  // namespace fcgi
