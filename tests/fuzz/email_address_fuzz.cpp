// What parses is canonical: it parses to itself, fits into an SMTP command, and has no look-alike
// of ASCII in its domain.
#include "base/email_address.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    if (const auto address = base::EmailAddress::parse(text)) {
        fuzz::must(base::EmailAddress::parse(address->text()) == address);
        fuzz::must(address->text().size() <= base::EmailAddress::max_bytes);
        fuzz::must(!fuzz::has_control_character(address->text()));
        fuzz::must(address->text().find_first_of(" <>()[],;:\\\"") == std::string::npos);
        for (const char byte : address->domain()) {
            fuzz::must((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
                       byte == '-' || byte == '.');
        }
    }
    if (const auto line = base::clean_line(text)) {
        fuzz::must(!fuzz::has_control_character(*line) && base::is_utf8(*line));
        fuzz::must(base::clean_line(*line) == line);
    }
    if (const auto password = base::to_nfc(text)) fuzz::must(base::to_nfc(*password) == password);
    return 0;
}
