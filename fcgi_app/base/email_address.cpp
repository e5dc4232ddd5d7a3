#include "base/email_address.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uidna.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>

#include "base/ascii.h"

namespace base {
namespace {

constexpr std::size_t max_local_bytes = 64;    // RFC 5321 section 4.5.3.1.1
constexpr std::size_t max_domain_bytes = 253;  // RFC 1035 section 2.3.4, in presentation form
constexpr std::size_t max_input_bytes = 1024;  // a domain may shrink on its way to ASCII

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"  // inside ICU's macro
// The code point at the place, which moves on behind it; negative where it is not UTF-8 (overlong
// forms and surrogates are not).
UChar32 next_code_point(std::string_view text, std::size_t& at) {
    UChar32 character = 0;
    U8_NEXT(text.data(), at, text.size(), character);
    return character;
}
#pragma GCC diagnostic pop

// Whether the text is UTF-8 and all of its code points are as wanted.
template <class Wanted>
bool all_code_points(std::string_view text, Wanted wanted) {
    for (std::size_t at = 0; at < text.size();) {
        const UChar32 character = next_code_point(text, at);
        if (character < 0 || !wanted(character)) return false;
    }
    return true;
}

constexpr bool is_ascii(UChar32 character) {
    return character < 0x80;
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
}

void check(UErrorCode error, const char* what) {
    if (U_FAILURE(error)) throw std::runtime_error(std::string(what) + ": " + u_errorName(error));
}

const icu::Normalizer2& nfc() {
    UErrorCode error = U_ZERO_ERROR;
    const auto* instance = icu::Normalizer2::getNFCInstance(error);
    check(error, "Unicode normalization");
    return *instance;
}

const icu::Normalizer2& nfkc_casefold() {
    UErrorCode error = U_ZERO_ERROR;
    const auto* instance = icu::Normalizer2::getNFKCCasefoldInstance(error);
    check(error, "Unicode case folding");
    return *instance;
}

std::string normalize(std::string_view utf8) {
    if (is_ascii(utf8)) return std::string(utf8);
    std::string result;
    icu::StringByteSink<std::string> sink(&result, static_cast<std::int32_t>(utf8.size()));
    UErrorCode error = U_ZERO_ERROR;
    nfc().normalizeUTF8(0, icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size())),
                        sink, nullptr, error);
    check(error, "Unicode normalization");
    return result;
}

bool turns_into_ascii(UChar32 character, const icu::Normalizer2& normalizer) {
    UErrorCode error = U_ZERO_ERROR;
    const auto text = normalizer.normalize(icu::UnicodeString(character), error);
    check(error, "Unicode normalization");
    for (std::int32_t at = 0; at < text.length(); ++at) {
        if (is_ascii(text.charAt(at))) return true;
    }
    return false;
}

bool is_control_or_reordering(UChar32 c) {
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
}

// Seen by nobody, or seen differently by everybody: not to be told apart by the one who reads the
// address.
bool is_invisible_or_unknown(UChar32 character) {
    constexpr auto categories = U_GC_C_MASK | U_GC_Z_MASK;  // controls, formats, unassigned, spaces
    return (U_MASK(u_charType(character)) & categories) != 0 ||
           u_hasBinaryProperty(character, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
}

// The Kelvin sign and the Greek question mark are K and ';' once normalized, so this is asked
// before.
bool may_stand_in_address(UChar32 character) {
    return is_ascii(character) ||
           (!is_invisible_or_unknown(character) && !turns_into_ascii(character, nfc()));
}

// Full width letters, ligatures and the like are ASCII letters to a resolver, and two more full
// stops are dots. Sharp s is not "ss": IDNA 2008 made it a letter of its own.
bool may_stand_in_domain(UChar32 character) {
    constexpr UChar32 sharp_s = 0xdf;
    constexpr UChar32 ideographic_full_stop = 0x3002;
    constexpr UChar32 half_width_full_stop = 0xff61;
    if (is_ascii(character) || character == sharp_s) return true;
    return character != ideographic_full_stop && character != half_width_full_stop &&
           !turns_into_ascii(character, nfkc_casefold());
}

constexpr bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

constexpr bool is_atext(char byte) {  // RFC 5322 section 3.2.3 and RFC 6531 section 3.3
    constexpr std::string_view signs = "!#$%&'*+-/=?^_`{|}~";
    return (byte >= 'a' && byte <= 'z') || is_digit(byte) ||
           static_cast<unsigned char>(byte) >= 0x80 || signs.find(byte) != std::string_view::npos;
}

bool is_dot_atom(std::string_view local) {
    return !local.empty() && local.size() <= max_local_bytes && local.front() != '.' &&
           local.back() != '.' && local.find("..") == std::string_view::npos &&
           std::all_of(local.begin(), local.end(),
                       [](char byte) { return byte == '.' || is_atext(byte); });
}

const UIDNA& idna() {
    static const UIDNA* const instance = [] {
        UErrorCode error = U_ZERO_ERROR;
        const auto* opened = uidna_openUTS46(
            UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_CHECK_CONTEXTO |
                UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE,
            &error);
        check(error, "IDNA");
        return opened;
    }();
    return *instance;
}

// Empty for anything that is not a name of letters, digits and hyphens in labels of 1 to 63.
std::string to_ascii_domain(std::string_view domain) {
    std::array<char, max_domain_bytes + 1> ascii{};
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode error = U_ZERO_ERROR;
    const auto size = uidna_nameToASCII_UTF8(
        &idna(), domain.data(), static_cast<std::int32_t>(domain.size()), ascii.data(),
        static_cast<std::int32_t>(ascii.size()), &info, &error);
    if (error == U_MEMORY_ALLOCATION_ERROR) throw std::bad_alloc();
    if (U_FAILURE(error) || info.errors != 0) return {};
    const std::string_view text(ascii.data(), static_cast<std::size_t>(size));
    return text.size() <= max_domain_bytes ? std::string(text) : std::string();
}

// "localhost" serves the developer's own machine; an all-numeric last label is an IPv4 address.
bool is_host_of_mail(std::string_view domain) {
    if (domain == "localhost") return true;
    const auto dot = domain.rfind('.');
    if (dot == std::string_view::npos) return false;
    const auto last = domain.substr(dot + 1);
    return !last.empty() && !std::all_of(last.begin(), last.end(), is_digit);
}

}  // namespace

std::optional<EmailAddress> EmailAddress::parse(std::string_view text) {
    text = trimmed(text);
    if (text.size() > max_input_bytes || !all_code_points(text, may_stand_in_address)) {
        return std::nullopt;
    }
    std::string address = normalize(text);
    make_lower(address);
    const auto at = address.find('@');
    if (at == std::string::npos) return std::nullopt;
    const auto raw_domain = std::string_view(address).substr(at + 1);
    if (!is_dot_atom(std::string_view(address).substr(0, at)) ||
        !all_code_points(raw_domain, may_stand_in_domain)) {
        return std::nullopt;
    }
    const std::string domain = to_ascii_domain(raw_domain);
    if (!is_host_of_mail(domain)) return std::nullopt;
    address.replace(at + 1, std::string::npos, domain);
    if (address.size() > max_bytes) return std::nullopt;
    return EmailAddress(std::move(address));
}

std::string_view EmailAddress::domain() const noexcept {
    return std::string_view(text_).substr(text_.find('@') + 1);
}

std::optional<std::string> clean_line(std::string_view text) {
    if (!all_code_points(text, [](UChar32 c) { return !is_control_or_reordering(c); })) {
        return std::nullopt;
    }
    return normalize(text);
}

std::optional<std::string> to_nfc(std::string_view text) {
    if (!all_code_points(text, [](UChar32 c) { return c != 0; })) return std::nullopt;
    return normalize(text);
}

bool is_utf8(std::string_view text) noexcept {
    return all_code_points(text, [](UChar32) { return true; });
}

std::size_t count_characters(std::string_view utf8) noexcept {
    return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char byte) {
        return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U;
    }));
}

}  // namespace base
