// Whether a whole request lies in a socket already. A thread that reads one then never waits for
// its peer, however slowly that sends: libfcgi's own reads would hold it byte by byte.
#pragma once

#include <string_view>

namespace fcgi {

enum class Arrived {
    nothing,
    part,
    whole,   // or what the parser refuses without waiting for more: it is no FastCGI, or its end
             // came
    excess,  // not even a part: more than any request that is answered
};

// Leaves everything where it is; wipes its own copy, because a password may be in it. Does not
// block. `most`: how many bytes a request may have on the wire.
[[nodiscard]] Arrived arrived_at(int descriptor, std::size_t most);

// The same of bytes.
[[nodiscard]] bool is_whole_request(std::string_view bytes) noexcept;

}  // namespace fcgi
