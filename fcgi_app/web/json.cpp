#include "web/json.h"

#include <algorithm>

#include "base/email_address.h"

namespace web {
namespace {

constexpr bool needs_escape(char letter) {
    const auto code = static_cast<unsigned char>(letter);
    return code < 0x20 || code == 0x7f || letter == '"' || letter == '\\';
}

// Mostly all of a text is printable ASCII, which needs neither escapes nor a look at its encoding.
bool is_plain(std::string_view text) {
    return std::ranges::all_of(text, [](char letter) {
        return static_cast<unsigned char>(letter) < 0x80 && !needs_escape(letter);
    });
}

void append_escape(std::string& out, char letter) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto code = static_cast<unsigned char>(letter);
    out.push_back('\\');
    if (letter == '"' || letter == '\\') {
        out.push_back(letter);
    } else if (letter == '\n') {
        out.push_back('n');
    } else {
        out.append("u00").push_back(digits[code >> 4U]);
        out.push_back(digits[code & 0xfU]);
    }
}

void append_with_escapes(std::string& out, std::string_view text) {
    const bool valid = base::is_utf8(text);
    for (const char letter : text) {
        if (!valid && static_cast<unsigned char>(letter) >= 0x80) {
            out.append("\xef\xbf\xbd");
        } else if (needs_escape(letter)) {
            append_escape(out, letter);
        } else {
            out.push_back(letter);
        }
    }
}

}  // namespace

void JsonWriter::separate() {
    if (comma_) out_.push_back(',');
    comma_ = true;
}

void JsonWriter::quote(std::string_view value) {
    out_.push_back('"');
    if (is_plain(value)) {
        out_.append(value);
    } else {
        append_with_escapes(out_, value);
    }
    out_.push_back('"');
}

JsonWriter& JsonWriter::open(char bracket) {
    separate();
    out_.push_back(bracket);
    comma_ = false;
    return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
    out_.push_back(bracket);
    comma_ = true;
    return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    separate();
    out_.append("\"").append(name).append("\":");
    comma_ = false;
    return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
    separate();
    quote(value);
    return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) {
    return literal(std::to_string(value));
}

JsonWriter& JsonWriter::literal(std::string_view value) {
    separate();
    out_.append(value);
    return *this;
}

}  // namespace web
