// Where a visitor may be sent: on this site or a named host, whatever a browser makes of the bytes.
#include "fuzz/fuzz.h"
#include "http/cross_site.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    const std::string_view origin = "https://example.org";
    const auto address = http::safe_return_address(text, origin, {"shop.example.org:8443"});
    if (!address) return 0;
    fuzz::must(*address == text && text.size() <= 2048);
    fuzz::must(!fuzz::has_control_character(text));
    fuzz::must(text.find_first_of("\\ ") == std::string_view::npos);
    if (text.starts_with('/')) {
        fuzz::must(!text.starts_with("//"));
        return 0;
    }
    constexpr std::string_view other = "https://shop.example.org:8443";
    const std::string_view rest =
        text.starts_with(other) ? text.substr(other.size()) : text.substr(origin.size());
    fuzz::must(text.starts_with(other) || text.starts_with(origin));
    fuzz::must(rest.empty() || rest[0] == '/' || rest[0] == '?' || rest[0] == '#');
    return 0;
}
