// A Cookie header that comes, and a Set-Cookie header that goes: neither can hold what would end
// it or begin another.
#include <stdexcept>

#include "fuzz/fuzz.h"
#include "http/cookie.h"
#include "http/request.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    for (const std::string_view name : {"postern", "__Host-postern", "a"}) {
        const auto found = http::find_cookie(text, name);
        if (found.value.empty()) continue;
        fuzz::must(!found.ambiguous);
        fuzz::must(found.value.data() >= text.data() &&
                   found.value.data() + found.value.size() <= text.data() + text.size());
        fuzz::must(found.value.find(';') == std::string_view::npos);
    }
    http::Cookie cookie;
    const std::size_t half = text.size() / 2;
    cookie.name = text.substr(0, half);
    cookie.value = text.substr(half);
    try {
        fuzz::must(!fuzz::has_control_character(http::to_header(cookie)));
    } catch (const std::invalid_argument&) {
        return 0;  // refused
    }
    return 0;
}
