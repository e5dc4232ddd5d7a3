// The body of a form, or a query. What was read is read again the same, and nothing of it holds
// what http/fields.h says is refused.
#include "fuzz/fuzz.h"
#include "http/fields.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    const auto parsed = http::parse_urlencoded(text);
    if (const auto* fault = std::get_if<http::Fault>(&parsed)) {
        fuzz::must(fault->status == 400 || fault->status == 413 || fault->status == 422);
        fuzz::must(!fault->detail.empty() && !fuzz::has_control_character(fault->detail));
    }
    fuzz::must(http::percent_decode(http::percent_encode(text), false) == text);
    (void)http::percent_decode(text, true);
    return 0;
}
