#include "web/json.h"

#include <array>
#include <utility>

#include "base/email_address.h"

namespace web {
namespace {

void append_escaped(std::string& out, char letter) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto code = static_cast<unsigned char>(letter);
    switch (letter) {
        case '"':
            out.append("\\\"");
            break;
        case '\\':
            out.append("\\\\");
            break;
        case '\n':
            out.append("\\n");
            break;
        default:
            if (code < 0x20 || code == 0x7f) {
                out.append("\\u00").push_back(digits[code >> 4U]);
                out.push_back(digits[code & 0xfU]);
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
    const bool valid = base::is_utf8(value);
    out_.push_back('"');
    for (const char letter : value) {
        if (valid || static_cast<unsigned char>(letter) < 0x80) {
            append_escaped(out_, letter);
        } else {
            out_.append("\xef\xbf\xbd");
        }
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
    quote(name);
    out_.push_back(':');
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
