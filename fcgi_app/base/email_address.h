// An e-mail address in its one canonical form; no other spelling of it can exist as a value.
//
// parse() accepts what a mail system of today delivers to (RFC 5321 dot-atom local part, optionally
// UTF-8 after RFC 6531) and refuses quoted local parts, comments, address literals and everything
// with a control character, so that a value can stand in an SMTP command or a header as it is.
//
// Canonical: NFC, ASCII letters folded to lower case (a dotless i stays what it is), the domain in
// its ASCII form (UTS 46 non-transitional, with the checks of IDNA 2008 for joiners and direction).
// Local parts that differ only in ASCII case are one mailbox here. No look-alike can become
// somebody else's address: what cannot be seen (zero-width, unassigned, spaces) is refused, and so
// is what a normal form would turn into ASCII: a Kelvin sign anywhere, in a domain also full width
// letters, ligatures and the like. A domain has two labels or more, or is "localhost".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace base {

class EmailAddress {
  public:
    static constexpr std::size_t max_bytes = 254;  // RFC 5321 section 4.5.3.1.3, less the brackets

    // Leading and trailing spaces are trimmed (people paste them); nothing else is repaired.
    [[nodiscard]] static std::optional<EmailAddress> parse(std::string_view text);

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] std::string_view domain() const noexcept;

    friend bool operator==(const EmailAddress&, const EmailAddress&) = default;

  private:
    explicit EmailAddress(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

// Unicode text in NFC, or nothing when it is not valid UTF-8 or holds a control character
// (U+0000–U+001F, U+007F–U+009F), a line break (U+2028, U+2029) or one that reorders text
// (U+202A–U+202E, U+2066–U+2069).
[[nodiscard]] std::optional<std::string> clean_line(std::string_view text);

// NFC alone, for passwords (RFC 8265 OpaqueString); nothing when it is not valid UTF-8 or has a
// NUL.
[[nodiscard]] std::optional<std::string> to_nfc(std::string_view text);

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;
[[nodiscard]] std::size_t count_characters(std::string_view utf8) noexcept;  // code points

}  // namespace base
