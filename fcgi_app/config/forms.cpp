#include "config/forms.h"

#include <arpa/inet.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

#include "base/ascii.h"
#include "http/fields.h"

namespace postern {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_alphanumeric(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

template <typename Number>
std::optional<Number> parse_number(std::string_view digits) {
    Number number{};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const bool whole = error == std::errc() && end == digits.data() + digits.size();
    return whole && is_digit(digits.front()) ? std::optional(number) : std::nullopt;
}

struct Unit {
    char letter;
    base::Seconds seconds;
};
constexpr std::array units{Unit{'d', base::day}, Unit{'h', base::hour}, Unit{'m', base::minute},
                           Unit{'s', 1}};

bool parses_as(int family, std::string_view address) {
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    return inet_pton(family, std::string(address).c_str(), bytes.data()) == 1;
}

bool is_ipv6_in_brackets(std::string_view host) {
    return host.size() > 2 && host.front() == '[' && host.back() == ']' &&
           parses_as(AF_INET6, host.substr(1, host.size() - 2));
}

bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::ranges::all_of(label,
                               [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; });
}

// RFC 1123 section 2.1; a last label of digits alone would be an address (and is a broken one).
bool is_name(std::string_view host) {
    if (host.empty() || host.size() > 253) return false;
    std::string_view label;
    for (std::size_t start = 0; start <= host.size(); start += label.size() + 1) {
        label = host.substr(start, host.find('.', start) - start);
        if (!is_label(label)) return false;
    }
    return !std::ranges::all_of(label, is_digit);
}

std::optional<std::string> decoded_user(std::string_view text) {
    const auto decoded = http::percent_decode(text, false);
    return decoded ? base::clean_line(*decoded) : std::nullopt;
}

struct Scheme {
    std::string_view prefix;
    mail::RelaySecurity security;
    int port;
};
constexpr std::array schemes{Scheme{"smtp+starttls://", mail::RelaySecurity::starttls, 587},
                             Scheme{"smtps://", mail::RelaySecurity::smtps, 465},
                             Scheme{"smtp://", mail::RelaySecurity::smtp, 25}};

std::string_view without_quotes(std::string_view text) {
    const bool has = text.size() >= 2 && text.front() == '"' && text.back() == '"';
    return has ? text.substr(1, text.size() - 2) : text;
}

}  // namespace

std::string in_quotes(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            (out += '\\') += c;
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            std::array<char, 8> escape{};
            std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
            out += escape.data();
        } else {
            out += c;
        }
    }
    return out += '"';
}

std::optional<base::Seconds> parse_span(std::string_view text) {
    if (text.size() < 2) return std::nullopt;
    const auto unit = std::ranges::find(units, text.back(), &Unit::letter);
    const auto number = parse_number<base::Seconds>(text.substr(0, text.size() - 1));
    base::Seconds span = 0;
    if (unit == units.end() || !number) return std::nullopt;
    if (__builtin_mul_overflow(*number, unit->seconds, &span)) return std::nullopt;
    return span;
}

std::string span_text(base::Seconds span) {
    const auto unit =
        std::ranges::find_if(units, [span](const Unit& u) { return span % u.seconds == 0; });
    return std::to_string(span / unit->seconds) + unit->letter;
}

std::optional<HostAndPort> parse_host_and_port(std::string_view text) {
    const auto colon = text.find(':', text.starts_with('[') ? text.find(']') : 0);
    HostAndPort parsed{base::lowered(text.substr(0, colon)), {}};
    if (!is_address(parsed.host) && !is_name(parsed.host)) return std::nullopt;
    if (colon == std::string_view::npos) return parsed;
    const std::string_view digits = text.substr(colon + 1);
    parsed.port = digits.empty() ? std::nullopt : parse_number<int>(digits);
    if (!parsed.port || *parsed.port < 1 || *parsed.port > 65'535) return std::nullopt;
    return parsed;
}

Parsed<Origin> parse_origin(std::string_view text) {
    constexpr std::string_view form = "write scheme://host[:port], like \"https://example.org\"";
    const std::string lower = base::lowered(text);
    const bool secure = lower.starts_with("https://");
    if (!secure && !lower.starts_with("http://")) {
        return Flaw{"must begin with https:// (or http:// on loopback); " + std::string(form)};
    }
    const std::string_view rest = std::string_view(lower).substr(secure ? 8 : 7);
    if (rest.find_first_of("/?#@") != std::string_view::npos) {
        return Flaw{"must end after the host and port, without a path or slash; " +
                    std::string(form)};
    }
    const auto host = parse_host_and_port(rest);
    if (!host) {
        return Flaw{
            "has no host name (an international one in its ASCII form, xn--…) or a port that is "
            "not one of 1 to 65535; " +
            std::string(form)};
    }
    Origin origin{(secure ? "https://" : "http://") + host->host, host->host, secure};
    if (host->port && host->port != (secure ? 443 : 80)) {
        origin.text += ":" + std::to_string(*host->port);
    }
    return origin;
}

bool is_address(std::string_view host) {
    return parses_as(AF_INET, host) || is_ipv6_in_brackets(host);
}

bool is_loopback(std::string_view host) {
    return host == "localhost" || host.ends_with(".localhost") || host == "[::1]" ||
           host == "::1" || (host.starts_with("127.") && parses_as(AF_INET, host));
}

bool is_base_path(std::string_view text) {
    if (text.empty()) return true;
    if (text.front() != '/' || text.back() == '/') return false;
    if ((std::string(text) + "/").find("/./") != std::string::npos) return false;
    if ((std::string(text) + "/").find("/../") != std::string::npos) return false;
    return text.find("//") == std::string_view::npos && std::ranges::all_of(text, [](char c) {
               return is_alphanumeric(c) || std::string_view("/-._~").find(c) != std::string::npos;
           });
}

Parsed<mail::Relay> parse_relay(std::string_view text) {
    const auto scheme =
        std::ranges::find_if(schemes, [&](const Scheme& s) { return text.starts_with(s.prefix); });
    if (scheme == schemes.end()) {
        return Flaw{"a relay begins with smtp+starttls://, smtps:// or (only to loopback) smtp://"};
    }
    std::string_view rest = text.substr(scheme->prefix.size());
    mail::Relay relay;
    relay.security = scheme->security;
    if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
        const std::string_view user = rest.substr(0, at);
        if (user.find(':') != std::string_view::npos) {
            return Flaw{"a relay names its user alone; the password stands in mail.password"};
        }
        const auto decoded = decoded_user(user);
        if (!decoded || decoded->empty()) {
            return Flaw{"the user of a relay is a text, percent-encoded where needed: me%40host"};
        }
        relay.user = *decoded;
        rest = rest.substr(at + 1);
    }
    const auto host = parse_host_and_port(rest);
    if (!host) return Flaw{"a relay ends with host[:port], the port one of 1 to 65535"};
    const bool in_brackets = host->host.starts_with('[');
    relay.host = in_brackets ? host->host.substr(1, host->host.size() - 2) : host->host;
    relay.port = host->port.value_or(scheme->port);
    return relay;
}

Parsed<Sender> parse_sender(std::string_view text) {
    const Flaw flaw{"write \"Example <accounts@example.org>\" or \"accounts@example.org\""};
    const auto line = base::clean_line(text);
    if (!line) return Flaw{"holds a control character; " + flaw.text};
    std::string_view address = base::trimmed(*line);
    std::string_view name;
    if (address.ends_with('>')) {
        const auto open = address.rfind('<');
        if (open == std::string_view::npos) return flaw;
        name = base::trimmed(without_quotes(base::trimmed(address.substr(0, open))));
        address = address.substr(open + 1, address.size() - open - 2);
    }
    auto parsed = base::EmailAddress::parse(address);
    if (!parsed) return Flaw{"has no valid e-mail address; " + flaw.text};
    return Sender{std::string(name), std::move(*parsed)};
}

Parsed<SecretSource> parse_secret_source(std::string_view text) {
    using Kind = SecretSource::Kind;
    if (text.starts_with("file:") && text.size() > 5) {
        return SecretSource{Kind::file, std::string(text.substr(5))};
    }
    if (!text.starts_with("credential:")) {
        return Flaw{
            "a secret never stands in this file: write \"credential:NAME\" (systemd's "
            "LoadCredential=) or \"file:PATH\""};
    }
    const std::string_view name = text.substr(text.find(':') + 1);
    if (name.empty() || name.front() == '.' || name.find('/') != std::string_view::npos) {
        return Flaw{"the name of a credential is the name of a file, without a slash"};
    }
    return SecretSource{Kind::credential, std::string(name)};
}

std::filesystem::path credentials_directory() {
    const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
    return directory == nullptr ? "" : directory;
}

std::string cannot_read(const std::filesystem::path& file, int error) {
    std::string text =
        "cannot read " + file.string() + ": " + std::generic_category().message(error);
    if (error != EACCES) return text;
    const passwd* user = getpwuid(geteuid());
    return text + " for user " + (user == nullptr ? "of this process" : user->pw_name);
}

Parsed<base::Secret> read_secret(const SecretSource& source) {
    constexpr std::size_t most = 16 * 1024;
    const bool is_file = source.kind == SecretSource::Kind::file;
    if (!is_file && credentials_directory().empty()) {
        return Flaw{
            "there are no credentials here: $CREDENTIALS_DIRECTORY, which systemd gives to "
            "the service, is not set"};
    }
    const std::filesystem::path path =
        is_file ? std::filesystem::path(source.name) : credentials_directory() / source.name;
    struct stat status {};
    errno = 0;
    std::ifstream input(path, std::ios::binary);
    if (!input || stat(path.c_str(), &status) != 0) {
        return Flaw{cannot_read(path, errno) + "; it must hold the secret in one line"};
    }
    if (!S_ISREG(status.st_mode)) {
        return Flaw{"cannot read " + path.string() + ": it must be a file, the secret in one line"};
    }
    if (is_file && (status.st_mode & S_IRWXO) != 0) {
        return Flaw{path.string() + " must not be readable by others: chmod o= " + path.string()};
    }
    std::string bytes(most + 1, '\0');
    input.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(input.gcount()));
    if (bytes.ends_with('\n')) bytes.pop_back();
    if (bytes.ends_with('\r')) bytes.pop_back();
    const bool is_line = bytes.find_first_of(std::string_view("\0\r\n", 3)) == std::string::npos;
    const bool good = !bytes.empty() && bytes.size() < most && is_line;
    base::Secret secret(std::move(bytes));
    if (good) return secret;
    return Flaw{path.string() + " must hold the secret in one line, at most 16 KiB"};
}

std::optional<Flaw> flaw_of_certificates(const std::filesystem::path& file) {
    errno = 0;
    std::ifstream input(file, std::ios::binary);
    if (!input) return Flaw{cannot_read(file, errno)};
    const bool is_file =
        std::filesystem::is_regular_file(file);  // another cannot be read to an end
    const std::string text(
        is_file ? std::istreambuf_iterator<char>(input) : std::istreambuf_iterator<char>(), {});
    for (const char* mark :
         {"-----BEGIN CERTIFICATE-----", "-----BEGIN TRUSTED CERTIFICATE-----"}) {
        if (text.find(mark) != std::string::npos) return std::nullopt;
    }
    return Flaw{file.string() + " must hold certificates in PEM: -----BEGIN CERTIFICATE-----"};
}

}  // namespace postern
