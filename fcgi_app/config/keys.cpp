#include "config/keys.h"

#include <algorithm>

#include "config/forms.h"

namespace postern {
namespace {

using enum Presence;

// Browsers keep no cookie for longer than 400 days (RFC 6265bis section 5.5).
constexpr base::Seconds longest_session = 400 * base::day;

std::vector<Key> make_keys() {
    using W = Written;
    return {
        {"public_origin", TextValue{&W::public_origin}, "", required,
         "How visitors reach the site: scheme://host[:port], no path; https except on loopback"},
        {"base_path", TextValue{&W::base_path}, "", optional,
         "Where Postern is mounted on the site; \"\" when it has a host of its own"},
        {"site_name", TextValue{&W::site_name}, "", optional,
         "The name in pages and mails; \"\" for the host of public_origin"},
        {"database", PathValue{&W::database}, "", optional, "The SQLite file"},
        {"key_file", PathValue{&W::key_file}, "", optional,
         "The keys that sign links, unless there is a credential postern.key; postern migrate "
         "creates it"},
        {"registration", ChoiceValue{&W::registration, {"open", "closed"}}, "", optional,
         "Whether visitors may register"},
        {"return_hosts", ListValue{&W::return_hosts}, "", optional,
         "Further hosts (host[:port]) that a sign-in may return to; needs session.cookie_domain"},

        {"mail.transport", ChoiceValue{&W::mail_transport, {"relay", "hold"}}, "", optional,
         "relay: hand mail to a relay; hold: keep it and show it (development, loopback only)"},
        {"mail.from", TextValue{&W::mail_from}, "", required,
         "The sender: \"Name <address>\" or an address"},
        {"mail.relays", ListValue{&W::mail_relays}, "", optional,
         "Relays in order: smtp+starttls://[user@]host[:port], smtps://…, smtp://… (loopback)"},
        {"mail.password", SecretValue{&W::mail_password}, "", optional,
         "The password, or the bearer token of xoauth2, for relays that are named with a user"},
        {"mail.auth", ChoiceValue{&W::mail_auth, {"plain", "login", "xoauth2"}}, "", optional,
         "How to log in to relays that are named with a user"},
        {"mail.ca_file", PathValue{&W::mail_ca_file}, "", optional,
         "Certificates (PEM) to trust for relays; \"\" for the system's"},

        {"password.min_length", NumberValue{&W::password_min_length, 8, 256}, "characters",
         optional, "The shortest password that is allowed"},
        {"password.memory_kib", NumberValue{&W::password_memory_kib, 8'192, 4'194'304}, "KiB",
         optional, "Memory of one Argon2id hash"},
        {"password.passes", NumberValue{&W::password_passes, 1, 20}, "passes", optional,
         "Passes of one Argon2id hash over its memory"},

        {"session.idle", SpanValue{&W::session_idle, 1, longest_session}, "", optional,
         "A sign-in ends when it was not used for so long"},
        {"session.remember_idle", SpanValue{&W::session_remember_idle, 1, longest_session}, "",
         optional, "The same for \"remember me\""},
        {"session.remember_absolute", SpanValue{&W::session_remember_absolute, 1, longest_session},
         "", optional, "A remembered sign-in ends after so long, however much it is used"},
        {"session.cookie_domain", TextValue{&W::session_cookie_domain}, "", optional,
         "One sign-in for all hosts under this domain; \"\" for the host of public_origin alone"},

        {"lanes.quick_threads", NumberValue{&W::lanes_quick_threads, 1, 64}, "threads", optional,
         "Threads of a worker for everything but password hashing"},
        {"lanes.hashing_threads", NumberValue{&W::lanes_hashing_threads, 1, 64}, "threads",
         optional, "Threads of a worker that hash passwords, each using password.memory_kib"},
        {"lanes.hashing_patience", SpanValue{&W::lanes_hashing_patience, 1, base::minute / 2}, "",
         optional, "A request that waited longer for a hashing thread is answered with 503"},
        {"limits.enabled", FlagValue{&W::limits_enabled}, "", optional,
         "Throttles and mail budgets; false only for load tests"},
        {"limits.mails_per_address", NumberValue{&W::limits_mails_per_address, 1, 1'000'000},
         "mails an hour", optional, "What visitors may have sent to one address"},
        {"limits.mails_per_network", NumberValue{&W::limits_mails_per_network, 1, 1'000'000},
         "mails an hour", optional,
         "What visitors of one network (/24 of IPv4, /48 of IPv6) may have sent"},
        {"limits.mails_in_all", NumberValue{&W::limits_mails_in_all, 1, 1'000'000}, "mails an hour",
         optional, "What all visitors may have sent"},
        {"limits.window", SpanValue{&W::limits_window, base::minute, base::day}, "", optional,
         "Wrong passwords are counted for so long"},
        {"limits.failures_per_account", NumberValue{&W::limits_failures_per_account, 1, 1'000},
         "failures", optional, "Wrong passwords in a window for one address, wherever from"},
        {"limits.failures_per_network", NumberValue{&W::limits_failures_per_network, 1, 100'000},
         "failures", optional, "The same from one network (IPv4 /24, IPv6 /48)"},
        {"limits.failures_in_all", NumberValue{&W::limits_failures_in_all, 1, 10'000'000},
         "failures", optional, "The same for all addresses from all networks"},
        {"log.level", ChoiceValue{&W::log_level, {"error", "warning", "notice", "info", "debug"}},
         "", optional, "The least important lines that are logged"},
        {"log.slow_ms", NumberValue{&W::log_slow_ms, 0, 60'000}, "ms", optional,
         "A request that takes as long is logged with the time in each stage and statement"},
        {"log.server_timing", FlagValue{&W::log_server_timing}, "", optional,
         "Server-Timing in each answer; only while you look, for it tells strangers too"},
    };
}

std::string one_of(const std::vector<std::string_view>& words) {
    std::string text = "one of ";
    for (const std::string_view word : words) {
        if (!text.ends_with("of ")) text += ", ";
        text += in_quotes(word);
    }
    return text;
}

struct Allowed {
    std::string operator()(const TextValue&) const { return "a text in quotes"; }
    std::string operator()(const ListValue&) const {
        return "a list of texts in quotes: [\"…\", \"…\"]";
    }
    std::string operator()(const PathValue&) const { return "a path in quotes"; }
    std::string operator()(const SecretValue&) const {
        return "\"credential:NAME\" or \"file:PATH\"";
    }
    std::string operator()(const ChoiceValue& choice) const { return one_of(choice.allowed); }
    std::string operator()(const FlagValue&) const { return "true or false"; }
    std::string operator()(const NumberValue& number) const {
        return "a whole number from " + std::to_string(number.least) + " to " +
               std::to_string(number.most);
    }
    std::string operator()(const SpanValue& span) const {
        return "a duration from " + in_quotes(span_text(span.least)) + " to " +
               in_quotes(span_text(span.most)) + ": a whole number with s, m, h or d";
    }
};

struct TomlText {
    const Written& written;

    template <typename Text>
    std::string operator()(const Text& text) const {
        return in_quotes(written.*text.field);
    }
    std::string operator()(const ListValue& list) const {
        std::string text = "[";
        for (const std::string& element : written.*list.field) {
            if (text.size() > 1) text += ", ";
            text += in_quotes(element);
        }
        return text + "]";
    }
    std::string operator()(const FlagValue& flag) const {
        return written.*flag.field ? "true" : "false";
    }
    std::string operator()(const NumberValue& number) const {
        return std::to_string(written.*number.field);
    }
    std::string operator()(const SpanValue& span) const {
        return in_quotes(span_text(written.*span.field));
    }
};

}  // namespace

const std::vector<Key>& all_keys() {
    static const std::vector<Key> keys = make_keys();
    return keys;
}

const Key* find_key(std::string_view path) {
    const auto found = std::ranges::find(all_keys(), path, &Key::path);
    return found == all_keys().end() ? nullptr : &*found;
}

std::string allowed_for(const Key& key) {
    const std::string text = std::visit(Allowed{}, key.type);
    return key.unit.empty() ? text : text + " (" + std::string(key.unit) + ")";
}

std::string toml_text(const Key& key, const Written& written) {
    return std::visit(TomlText{written}, key.type);
}

}  // namespace postern
