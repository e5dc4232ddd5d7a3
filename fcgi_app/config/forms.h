// The written forms of values: durations, origins, hosts, relays, senders, secrets.
//
// Each parser gives the value, or a Flaw whose text says what is wrong and what is allowed. A Flaw
// never quotes what was written where a secret could stand in it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.h"
#include "base/email_address.h"
#include "mail/settings.h"

namespace postern {

struct Flaw {
    std::string text;
};
template <typename T>
using Parsed = std::variant<T, Flaw>;

// A TOML string: "…" with control characters, quotes and backslashes escaped.
[[nodiscard]] std::string in_quotes(std::string_view text);

// "90s", "15m", "12h", "14d"; nothing for any other text or what does not fit.
[[nodiscard]] std::optional<base::Seconds> parse_span(std::string_view text);
[[nodiscard]] std::string span_text(base::Seconds span);  // in the largest unit that divides it

struct Origin {
    std::string text;  // as browsers write it: lower case, without the scheme's own port
    std::string host;  // an IPv6 address in brackets
    bool secure;
};
[[nodiscard]] Parsed<Origin> parse_origin(std::string_view text);

// "localhost", "*.localhost", 127.0.0.0/8, "[::1]" or "::1".
[[nodiscard]] bool is_loopback(std::string_view host);
[[nodiscard]] bool is_address(std::string_view host);  // an IP address and no name

// A host name (lower-case ASCII), IPv4 address or [IPv6 address], and then perhaps a port.
struct HostAndPort {
    std::string host;
    std::optional<int> port;
};
[[nodiscard]] std::optional<HostAndPort> parse_host_and_port(std::string_view text);

// "" or "/words/like/this" without a slash at the end.
[[nodiscard]] bool is_base_path(std::string_view text);

// smtp://host, smtp+starttls://user@host:587, smtps://…; the user percent-encoded where needed. The
// password is left empty and auth none. An IPv6 host loses its brackets.
[[nodiscard]] Parsed<mail::Relay> parse_relay(std::string_view text);

struct Sender {
    std::string name;  // may be empty
    base::EmailAddress address;
};
// `Name <address>`, `"Name" <address>` or an address.
[[nodiscard]] Parsed<Sender> parse_sender(std::string_view text);

// Where a secret lies.
struct SecretSource {
    enum class Kind { credential, file } kind;
    std::string name;  // of the credential, or the path
};
[[nodiscard]] Parsed<SecretSource> parse_secret_source(std::string_view text);

// $CREDENTIALS_DIRECTORY, which systemd gives to the service alone; empty where there is none.
[[nodiscard]] std::filesystem::path credentials_directory();

// "cannot read PATH: " and why; whoever was refused is named.
[[nodiscard]] std::string cannot_read(const std::filesystem::path& file, int error);

// Reads it, less the newline at its end. A flaw when it is missing, empty, over 16 KiB, has several
// lines or, as a file, may be read by others than its owner and group.
[[nodiscard]] Parsed<base::Secret> read_secret(const SecretSource& source);

// What is wrong with a file of certificates (PEM), or nothing.
[[nodiscard]] std::optional<Flaw> flaw_of_certificates(const std::filesystem::path& file);

}  // namespace postern
