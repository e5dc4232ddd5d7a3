// The bytes of a mail: RFC 5322, 2045, 2046, 2047. Pure functions; the same input gives the same
// bytes, so that a mail that is sent twice is the same mail.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/email_address.h"

namespace mail {

// One line of Unicode text that cannot hold a control character, so that it can end no header.
class HeaderText {
  public:
    // Throws std::invalid_argument when it is not valid UTF-8 or holds a control character.
    explicit HeaderText(std::string_view text);
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

  private:
    std::string text_;
};

struct Envelope {
    HeaderText from_name;  // may be empty
    base::EmailAddress from;
    base::EmailAddress recipient;
    HeaderText subject;
    std::string message_id;  // local part: letters and digits; the domain is that of `from`
    base::Seconds date;
};

// A whole message with CRLF line ends: headers, then multipart/alternative of the two parts, both
// quoted-printable. The parts have LF line ends.
[[nodiscard]] std::string compose_message(const Envelope& envelope, std::string_view text,
                                          std::string_view html);

// Lines of at most 76 characters that end in CRLF; a line never starts with a dot.
[[nodiscard]] std::string quoted_printable(std::string_view text);

// A header field of any length, folded. Words that are not plain ASCII become encoded words of
// whole characters.
[[nodiscard]] std::string header_field(std::string_view name, const HeaderText& value);

// "Thu, 12 Feb 2026 23:59:59 +0000"
[[nodiscard]] std::string mail_date(base::Seconds moment);

}  // namespace mail
