#include "http/fields.h"

#include <algorithm>
#include <array>

#include "base/email_address.h"
#include "http/fault.h"

namespace http {
namespace {

constexpr bool is_letter_or_digit(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9');
}

constexpr bool is_unreserved(char byte) {  // RFC 3986 section 2.3
    return is_letter_or_digit(byte) || byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

// A name comes from outside: only a plain word is repeated in an answer or the log. (A body that is
// not a form at all is one long name, and may be a password.)
bool is_plain_word(std::string_view name) {
    return name.size() <= max_name_bytes && std::all_of(name.begin(), name.end(), [](char byte) {
               return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_';
           });
}

constexpr int hex_digit(char byte) {
    if (byte >= '0' && byte <= '9') return byte - '0';
    if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
    return -1;
}

bool is_encoded(std::string_view text) {
    for (auto at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 3)) {
        if (text.size() - at < 3) return false;
        if (hex_digit(text[at + 1]) < 0 || hex_digit(text[at + 2]) < 0) return false;
    }
    return true;
}

// A name or a value of a form.
std::optional<base::Secret> decoded(std::string_view text) {
    auto bytes = percent_decode(text, true);
    if (!bytes) return std::nullopt;
    return base::Secret(std::move(*bytes));
}

// One "name=value" of a form into the fields.
std::optional<Fault> add_pair(Fields& fields, std::string_view pair) {
    const auto equals = pair.find('=');
    const auto name = decoded(pair.substr(0, equals));
    if (!name) return fault_of_field(400, "", "has broken percent-encoding in its name");
    if (auto fault = check_name(name->reveal())) return fault;
    auto value =
        decoded(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1));
    if (!value) return fault_of_field(400, name->reveal(), "has broken percent-encoding");
    if (auto fault = check_value(name->reveal(), value->reveal())) return fault;
    const bool is_new = fields.add(name->reveal(), std::move(*value));
    return is_new ? std::nullopt
                  : std::optional(fault_of_field(400, name->reveal(), "stands twice"));
}

}  // namespace

Fault fault_of_field(int status, std::string_view name, std::string_view what) {
    const bool is_named = !name.empty() && is_plain_word(name);
    Fault fault{status, is_named ? "The field \"" : "A field", is_named ? std::string(name) : ""};
    if (is_named) fault.detail.append(name).append("\"");
    fault.detail.append(" ").append(what).append(".");
    return fault;
}

Fault too_many_fields() {
    return {400, "There are more than " + std::to_string(max_fields) + " fields.", ""};
}

std::optional<Fault> check_size(std::string_view text) {
    if (text.size() <= max_body_bytes) return std::nullopt;
    return Fault{413, "The request is larger than " + std::to_string(max_body_bytes) + " bytes.",
                 ""};
}

std::optional<Fault> check_name(std::string_view name) {
    if (name.empty()) return fault_of_field(400, "", "has no name");
    if (name.size() > max_name_bytes) return fault_of_field(400, "", "has too long a name");
    if (!base::is_utf8(name)) return fault_of_field(400, "", "has a name that is not UTF-8");
    if (name.find('\0') != std::string_view::npos) {
        return fault_of_field(400, "", "has a NUL character in its name");
    }
    return std::nullopt;
}

std::optional<Fault> check_value(std::string_view name, std::string_view value) {
    if (value.size() > max_value_bytes) {
        return fault_of_field(422, name,
                              "is longer than " + std::to_string(max_value_bytes) + " bytes");
    }
    if (!base::is_utf8(value)) return fault_of_field(400, name, "is not UTF-8");
    if (value.find('\0') != std::string_view::npos) {
        return fault_of_field(400, name, "holds a NUL character");
    }
    return std::nullopt;
}

std::optional<std::string_view> Fields::get(std::string_view name) const noexcept {
    for (const auto& [known, value] : fields_) {
        if (known.reveal() == name) return value.reveal();
    }
    return std::nullopt;
}

std::optional<bool> Fields::is_on(std::string_view name) const noexcept {
    constexpr std::array<std::string_view, 4> on{"true", "on", "1", "yes"};
    constexpr std::array<std::string_view, 4> off{"", "false", "off", "0"};
    const auto text = get(name).value_or("");
    if (std::find(on.begin(), on.end(), text) != on.end()) return true;
    if (std::find(off.begin(), off.end(), text) != off.end()) return false;
    return std::nullopt;
}

bool Fields::add(std::string_view name, base::Secret value) {
    if (has(name)) return false;
    fields_.emplace_back(std::string(name), std::move(value));
    return true;
}

ParsedFields parse_urlencoded(std::string_view text) {
    if (auto fault = check_size(text)) return *fault;
    Fields fields;
    std::size_t count = 0;
    while (!text.empty()) {
        const auto end = text.find('&');
        const auto pair = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (pair.empty()) continue;
        if (++count > max_fields) return too_many_fields();
        if (auto fault = add_pair(fields, pair)) return *fault;
    }
    return fields;
}

ParsedFields parse_body(const Request& request) {
    if (request.body.empty()) return Fields();
    if (has_media_type(request.content_type, "application/x-www-form-urlencoded")) {
        return parse_urlencoded(request.body);
    }
    if (has_media_type(request.content_type, "application/json")) return parse_json(request.body);
    return Fault{415, "Send a form (application/x-www-form-urlencoded) or JSON (application/json).",
                 ""};
}

ParsedFields parse_query(const Request& request) {
    return parse_urlencoded(request.query);
}

std::string percent_encode(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(text.size());
    for (const char byte : text) {
        if (is_unreserved(byte)) {
            encoded.push_back(byte);
            continue;
        }
        const auto value = static_cast<unsigned char>(byte);
        encoded.push_back('%');
        encoded.push_back(digits[value >> 4U]);
        encoded.push_back(digits[value & 0xfU]);
    }
    return encoded;
}

// Looked at first: what was decoded of a bad text would be left in memory.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
    if (!is_encoded(text)) return std::nullopt;
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            decoded.push_back(plus_is_space && text[at] == '+' ? ' ' : text[at]);
            continue;
        }
        decoded.push_back(
            static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2])));
        at += 2;
    }
    return decoded;
}

}  // namespace http
