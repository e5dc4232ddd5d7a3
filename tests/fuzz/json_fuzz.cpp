// The body of a JSON request.
#include "base/email_address.h"
#include "fuzz/fuzz.h"
#include "http/fields.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto parsed = http::parse_json(fuzz::text_of(data, size));
    if (const auto* fault = std::get_if<http::Fault>(&parsed)) {
        fuzz::must(fault->status == 400 || fault->status == 413 || fault->status == 422);
        fuzz::must(!fault->detail.empty() && !fuzz::has_control_character(fault->detail));
        return 0;
    }
    for (const std::string_view name : {"email", "password", "remember", "token", ""}) {
        const auto value = std::get<http::Fields>(parsed).get(name);
        if (!value) continue;
        fuzz::must(value->size() <= 4096 && base::is_utf8(*value));
        fuzz::must(value->find('\0') == std::string_view::npos);
    }
    return 0;
}
