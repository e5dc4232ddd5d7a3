#include "web/json.h"

#include "base/email_address.h"

namespace web {
namespace {

bool needs_escape(char letter) {
    const auto code = static_cast<unsigned char>(letter);
    return code < 0x20 || code == 0x7f || letter == '"' || letter == '\\';
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

}  // namespace

void JsonWriter::separate() {
    if (comma_) out_.push_back(',');
    comma_ = true;
}

// In stretches: mostly all of it is one that is copied as it stands.
void JsonWriter::quote(std::string_view value) {
    const bool valid = base::is_utf8(value);
    out_.push_back('"');
    std::size_t written = 0;
    for (std::size_t at = 0; at < value.size(); ++at) {
        const bool is_foreign = !valid && static_cast<unsigned char>(value[at]) >= 0x80;
        if (!is_foreign && !needs_escape(value[at])) continue;
        out_.append(value, written, at - written);
        written = at + 1;
        if (is_foreign) {
            out_.append("\xef\xbf\xbd");
        } else {
            append_escape(out_, value[at]);
        }
    }
    out_.append(value, written);
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
