#include "mail/mime.h"

#include <array>
#include <ctime>
#include <stdexcept>

namespace mail {
namespace {

constexpr std::size_t line_limit = 76;
constexpr std::string_view hex = "0123456789ABCDEF";

// What a message may need. One that grew would leave its link in the memory that it grew out of.
constexpr std::size_t most_of_headers = 8 * 1024;
constexpr std::size_t most_quoted = 4;  // bytes for a byte of text: "=0A", and now and then "=\r\n"

bool is_printable(char byte) noexcept {
    return byte > ' ' && byte <= '~';
}

bool is_plain(std::string_view text) noexcept {
    for (const char byte : text) {
        if (byte != ' ' && !is_printable(byte)) return false;
    }
    return text.find("=?") == std::string_view::npos;
}

void append_escaped(std::string& out, char byte) {
    const auto value = static_cast<unsigned char>(byte);
    out.push_back('=');
    out.push_back(hex[value >> 4U]);
    out.push_back(hex[value & 0xfU]);
}

// One line of text, without its end. A blank at the end of a line would not survive the way.
void append_quoted_line(std::string& out, std::string_view line) {
    std::size_t used = 0;
    for (std::size_t at = 0; at < line.size(); ++at) {
        const char byte = line[at];
        const bool last = at + 1 == line.size();
        const bool literal = (is_printable(byte) && byte != '=' && !(byte == '.' && used == 0)) ||
                             ((byte == ' ' || byte == '\t') && !last);
        const std::size_t width = literal ? 1 : 3;
        if (used + width > (last ? line_limit : line_limit - 1)) {
            out.append("=\r\n");
            used = 0;
        }
        if (literal && !(byte == '.' && used == 0)) {
            out.push_back(byte);
            used += 1;
        } else {
            append_escaped(out, byte);
            used += 3;
        }
    }
    out.append("\r\n");
}

std::size_t bytes_of_character(std::string_view utf8) noexcept {
    std::size_t count = 1;
    while (count < utf8.size() && (static_cast<unsigned char>(utf8[count]) & 0xc0U) == 0x80U) {
        ++count;
    }
    return count;
}

// The Q encoding of RFC 2047 section 5 (3): what is safe in every place of a header.
std::string encoded_character(std::string_view character) {
    std::string out;
    for (const char byte : character) {
        const bool safe = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                          (byte >= 'a' && byte <= 'z');
        if (byte == ' ') {
            out.push_back('_');
        } else if (safe) {
            out.push_back(byte);
        } else {
            append_escaped(out, byte);
        }
    }
    return out;
}

// Encoded words of at most 75 characters, one a line. `used`: characters of the first line.
std::string encoded_words(std::string_view text, std::size_t used) {
    constexpr std::string_view opening = "=?UTF-8?Q?";
    constexpr std::string_view closing = "?=";
    std::string out(opening);
    used += opening.size();
    while (!text.empty()) {
        const std::size_t count = bytes_of_character(text);
        const std::string next = encoded_character(text.substr(0, count));
        if (used + next.size() + closing.size() > line_limit - 1) {
            out.append(closing).append("\r\n ").append(opening);
            used = 1 + opening.size();
        }
        out.append(next);
        used += next.size();
        text.remove_prefix(count);
    }
    return out.append(closing);
}

// Plain text folded at its spaces where a line would grow too long.
std::string folded(std::string_view text, std::size_t used) {
    std::string out;
    while (!text.empty()) {
        std::size_t end = text.find(' ', 1);
        if (end == std::string_view::npos) end = text.size();
        if (used + end > line_limit && text.front() == ' ') {
            out.append("\r\n");
            used = 0;
        }
        out.append(text.substr(0, end));
        used += end;
        text.remove_prefix(end);
    }
    return out;
}

bool has_long_word(std::string_view text) noexcept {
    std::size_t run = 0;
    for (const char byte : text) {
        run = byte == ' ' ? 0 : run + 1;
        if (run > line_limit / 2) return true;
    }
    return false;
}

std::string encoded_text(std::string_view text, std::size_t used) {
    const bool as_it_is = is_plain(text) && !has_long_word(text) && !text.starts_with(' ') &&
                          !text.ends_with(' ') && text.find("  ") == std::string_view::npos;
    return as_it_is ? folded(text, used) : encoded_words(text, used);
}

// A display name is a phrase: plain words are quoted, so that no character of them has a meaning.
std::string from_field(const Envelope& envelope) {
    constexpr std::string_view name = "From: ";
    const std::string address = "<" + envelope.from.text() + ">\r\n";
    const std::string& text = envelope.from_name.text();
    if (text.empty()) return std::string(name) + envelope.from.text() + "\r\n";
    std::string phrase;
    if (is_plain(text) && text.size() < line_limit / 2) {
        phrase.push_back('"');
        for (const char byte : text) {
            if (byte == '"' || byte == '\\') phrase.push_back('\\');
            phrase.push_back(byte);
        }
        phrase.push_back('"');
    } else {
        phrase = encoded_words(text, name.size());
    }
    return std::string(name) + phrase + "\r\n " + address;
}

void append_quoted(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        append_quoted_line(out, text.substr(0, end));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
}

void append_part(std::string& out, std::string_view boundary, std::string_view type,
                 std::string_view body) {
    out.append("--").append(boundary).append("\r\nContent-Type: text/").append(type);
    out.append("; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
    append_quoted(out, body);
}

}  // namespace

HeaderText::HeaderText(std::string_view text) {
    auto clean = base::clean_line(text);
    if (!clean) throw std::invalid_argument("a mail header with a control character");
    text_ = *std::move(clean);
}

std::string quoted_printable(std::string_view text) {
    std::string out;
    append_quoted(out, text);
    return out;
}

std::string header_field(std::string_view name, const HeaderText& value) {
    std::string out(name);
    out.append(": ");
    return out.append(encoded_text(value.text(), out.size())).append("\r\n");
}

std::string mail_date(base::Seconds moment) {
    constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::time_t time = moment;
    std::tm parts{};
    if (gmtime_r(&time, &parts) == nullptr) throw std::invalid_argument("a date beyond all years");
    std::array<char, 64> text{};
    // Not %a and %b: these follow the locale.
    std::strftime(text.data(), text.size(), "%Y %H:%M:%S +0000", &parts);
    return std::string(days[static_cast<std::size_t>(parts.tm_wday)]) + ", " +
           std::to_string(parts.tm_mday) + " " + months[static_cast<std::size_t>(parts.tm_mon)] +
           " " + text.data();
}

std::string compose_message(const Envelope& envelope, std::string_view text,
                            std::string_view html) {
    // "=_" cannot stand in quoted-printable text.
    const std::string boundary = "=_" + envelope.message_id;
    std::string out;
    out.reserve(most_of_headers + most_quoted * (text.size() + html.size()));
    out.append("Date: ").append(mail_date(envelope.date)).append("\r\n");
    out.append(from_field(envelope));
    out.append("To: ").append(envelope.recipient.text()).append("\r\n");
    out.append(header_field("Subject", envelope.subject));
    out.append("Message-ID: <").append(envelope.message_id).append("@");
    out.append(envelope.from.domain()).append(">\r\n");
    out.append("MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n");
    out.append("Content-Type: multipart/alternative;\r\n boundary=\"");
    out.append(boundary).append("\"\r\n\r\n");
    append_part(out, boundary, "plain", text);
    append_part(out, boundary, "html", html);
    out.append("--").append(boundary).append("--\r\n");
    return out;  // itself, and no copy
}

}  // namespace mail
