#include "config.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "config/forms.h"
#include "config/reader.h"

namespace postern {
namespace {

// From what was written to what the parts want, with the rules that hold between keys.
class Composer {
  public:
    Composer(Reading& reading, Secrets secrets)
        : reading_(reading), written_(reading.written), secrets_(secrets) {}

    Config compose() {
        compose_site();
        compose_storage();
        compose_accounts();
        compose_mail();
        return std::move(config_);
    }

  private:
    // The value, or nothing and the flaw noted.
    template <typename T>
    std::optional<T> take(Parsed<T> parsed, std::string_view path) {
        if (auto* value = std::get_if<T>(&parsed)) return std::move(*value);
        note(path, std::get<Flaw>(parsed).text);
        return std::nullopt;
    }

    void note(std::string_view path, const std::string& text) {
        const std::string key(path.substr(0, path.find('[')));
        reading_.note(path, key + ": " + text);
    }

    void require(bool holds, std::string_view path, const std::string& text) {
        if (!holds) note(path, text);
    }

    // A value that was refused already is not called missing as well.
    bool is_there(const Key& key, const std::string& value) {
        if (value.empty() && !reading_.is_refused(key.path)) {
            note(key.path, "is required: " + std::string(key.help));
        }
        return !value.empty();
    }

    void compose_site() {
        if (is_there(*find_key("public_origin"), written_.public_origin)) {
            origin_ = take(parse_origin(written_.public_origin), "public_origin");
        }
        if (origin_) {
            require(origin_->secure || is_loopback(origin_->host), "public_origin",
                    "must be https: passwords and cookies would cross the network in the clear "
                    "(http is for loopback alone)");
        }
        require(is_base_path(written_.base_path), "base_path",
                "must be \"\" or begin with a slash and not end with one, of letters, digits and "
                "- . _ ~, like \"/account\"");
        config_.web.addresses = base::Addresses(origin_ ? origin_->text : "", written_.base_path);
        config_.web.site_name = site_name();
        compose_hosts();
    }

    std::string site_name() {
        if (written_.site_name.empty()) return origin_ ? origin_->host : "";
        const auto name = base::clean_line(written_.site_name);
        require(name && base::count_characters(*name) <= 100, "site_name",
                "must be one line of at most 100 characters");
        return name.value_or("");
    }

    static bool is_under(std::string_view host, const std::string& domain) {
        return host == domain || host.ends_with("." + domain);
    }

    void compose_hosts() {
        const std::string& domain = written_.session_cookie_domain;
        const auto parsed = parse_host_and_port(domain);
        const bool is_domain = parsed && !parsed->port && parsed->host == domain &&
                               !is_address(domain) &&
                               (domain.find('.') != std::string::npos || domain == "localhost");
        if (!domain.empty()) {
            require(is_domain, "session.cookie_domain",
                    "must be a domain in lower case, without a dot in front, like "
                    "\"example.org\"");
            if (is_domain && origin_) {
                require(is_under(origin_->host, domain), "session.cookie_domain",
                        "must be the host of public_origin, " + in_quotes(origin_->host) +
                            ", or a domain above it");
            }
        }
        config_.web.cookie_domain = domain;
        compose_return_hosts();
    }

    void compose_return_hosts() {
        const std::string& domain = written_.session_cookie_domain;
        require(written_.return_hosts.empty() || !domain.empty(), "return_hosts",
                "needs session.cookie_domain: no other host would see the sign-in");
        for (std::size_t i = 0; i < written_.return_hosts.size(); ++i) {
            const std::string path = "return_hosts[" + std::to_string(i) + "]";
            const auto host = parse_host_and_port(written_.return_hosts[i]);
            require(host.has_value(), path, "must be hosts, host[:port], like \"app.example.org\"");
            if (!host) continue;
            require(domain.empty() || is_under(host->host, domain), path,
                    "must lie under session.cookie_domain, " + in_quotes(domain));
            config_.web.return_hosts.push_back(
                host->port ? host->host + ":" + std::to_string(*host->port) : host->host);
        }
    }

    void compose_storage() {
        require(!written_.database.empty(), "database", "must name a file");
        require(!written_.key_file.empty(), "key_file", "must name a file");
        config_.database = written_.database;
        config_.key_file = key_file();
        config_.quick_threads = static_cast<int>(written_.lanes_quick_threads);
        config_.hashing_threads = static_cast<int>(written_.lanes_hashing_threads);
        config_.web.hashing_patience = written_.lanes_hashing_patience;
        config_.log_level = level_of(written_.log_level);
        config_.web.slow = std::chrono::milliseconds(written_.log_slow_ms);
        config_.web.server_timing = written_.log_server_timing;
    }

    // A key that the service was given as a credential, perhaps sealed to the machine, goes before
    // one that lies in the open.
    std::filesystem::path key_file() const {
        const auto directory = credentials_directory();
        const auto credential = directory / "postern.key";
        std::error_code ignored;
        const bool is_given = !directory.empty() && is_regular_file(credential, ignored);
        return is_given ? credential : std::filesystem::path(written_.key_file);
    }

    static base::Level level_of(std::string_view word) {
        using enum base::Level;
        constexpr std::array levels{std::pair{"error", error}, std::pair{"warning", warning},
                                    std::pair{"notice", notice}, std::pair{"info", info},
                                    std::pair{"debug", debug}};
        return std::ranges::find_if(levels, [&](auto& level) { return level.first == word; })
            ->second;
    }

    void compose_accounts() {
        accounts::Settings& settings = config_.accounts;
        settings.password.min_length = static_cast<int>(written_.password_min_length);
        settings.password.memory_kib = static_cast<std::uint64_t>(written_.password_memory_kib);
        settings.password.passes = static_cast<std::uint64_t>(written_.password_passes);
        settings.password.product_name = config_.web.site_name;
        settings.password.site_host = origin_ ? origin_->host : "";
        settings.session = {written_.session_idle, written_.session_remember_idle,
                            written_.session_remember_absolute};
        settings.throttle = {written_.limits_enabled, written_.limits_window,
                             static_cast<int>(written_.limits_failures_per_account),
                             static_cast<int>(written_.limits_failures_per_network),
                             static_cast<int>(written_.limits_failures_in_all)};
        settings.registration_open = written_.registration == "open";
        settings.mail_budget = {written_.limits_enabled,
                                static_cast<int>(written_.limits_mails_per_address),
                                static_cast<int>(written_.limits_mails_per_network),
                                static_cast<int>(written_.limits_mails_in_all)};
        require(written_.session_remember_idle <= written_.session_remember_absolute,
                "session.remember_idle",
                "must not be longer than session.remember_absolute, " +
                    in_quotes(span_text(written_.session_remember_absolute)));
    }

    void compose_mail() {
        mail::Settings& mail = config_.mail;
        mail.transport =
            written_.mail_transport == "hold" ? mail::Transport::hold : mail::Transport::relay;
        mail.site_name = config_.web.site_name;
        mail.helo_name = origin_ && !is_address(origin_->host) ? origin_->host : "localhost";
        mail.ca_file = written_.mail_ca_file;
        compose_sender();
        require(mail.transport == mail::Transport::relay || !origin_ || is_loopback(origin_->host),
                "mail.transport",
                "\"hold\" shows every mail to anyone and is allowed only when public_origin is on "
                "loopback; use \"relay\"");
        require(mail.transport == mail::Transport::hold || !written_.mail_relays.empty(),
                "mail.relays",
                "at least one relay is needed, like \"smtp+starttls://user@mail.example.org\"");
        if (secrets_ != Secrets::unread && !mail.ca_file.empty()) {
            if (const auto flaw = flaw_of_certificates(mail.ca_file)) {
                note("mail.ca_file", flaw->text);
            }
        }
        compose_relays();
    }

    void compose_sender() {
        if (!is_there(*find_key("mail.from"), written_.mail_from)) return;
        const auto sender = take(parse_sender(written_.mail_from), "mail.from");
        if (!sender) return;
        config_.mail.from_name = sender->name;
        config_.mail.from = sender->address.text();
    }

    void compose_relays() {
        const base::Secret password = relay_password();
        for (std::size_t i = 0; i < written_.mail_relays.size(); ++i) {
            const std::string path = "mail.relays[" + std::to_string(i) + "]";
            auto relay = take(parse_relay(written_.mail_relays[i]), path);
            if (!relay) continue;
            require(relay->security != mail::RelaySecurity::smtp || is_loopback(relay->host), path,
                    "smtp:// has no TLS and is only for loopback; use smtp+starttls:// or "
                    "smtps://");
            if (!relay->user.empty()) {
                require(is_password_written(), path,
                        "names a user; mail.password must say where the password is, like "
                        "\"credential:postern.relay-password\"");
                relay->auth = relay_auth();
                relay->password = password.clone();
            }
            config_.mail.relays.push_back(std::move(*relay));
        }
    }

    [[nodiscard]] bool is_password_written() const {
        return !written_.mail_password.empty() || reading_.is_refused("mail.password");
    }

    [[nodiscard]] mail::RelayAuth relay_auth() const {
        if (written_.mail_auth == "xoauth2") return mail::RelayAuth::xoauth2;
        return written_.mail_auth == "login" ? mail::RelayAuth::login : mail::RelayAuth::plain;
    }

    base::Secret relay_password() {
        if (written_.mail_password.empty() || secrets_ == Secrets::unread) return {};
        const auto source = take(parse_secret_source(written_.mail_password), "mail.password");
        if (!source) return {};
        if (secrets_ == Secrets::if_reachable && source->kind == SecretSource::Kind::credential &&
            credentials_directory().empty()) {
            config_.unread_secrets.push_back(
                "mail.password: the credential " + in_quotes(source->name) +
                " is given to the service by systemd and cannot be looked at here");
            return {};
        }
        return take(read_secret(*source), "mail.password").value_or(base::Secret());
    }

    Reading& reading_;
    const Written& written_;
    const Secrets secrets_;
    std::optional<Origin> origin_;  // nothing when it is missing or wrong
    Config config_;
};

std::string all_lines(const std::vector<ConfigProblem>& problems) {
    std::string text;
    for (const ConfigProblem& problem : problems) {
        text += (text.empty() ? "" : "\n") + to_line(problem);
    }
    return text;
}

}  // namespace

std::string to_line(const ConfigProblem& problem) {
    std::string place = problem.file;
    if (problem.line > 0) {
        place += ":" + std::to_string(problem.line) + ":" + std::to_string(problem.column);
    }
    return place + ": " + problem.text;
}

ConfigError::ConfigError(std::vector<ConfigProblem> problems)
    : std::runtime_error(all_lines(problems)), problems_(std::move(problems)) {}

Config load_config(const std::filesystem::path& file, Secrets secrets) {
    Reading reading = read_files(file);
    // Of half a file there is nothing to say about what is missing in it.
    if (!reading.whole) throw ConfigError(reading.problems);
    Config config = Composer(reading, secrets).compose();
    if (reading.problems.empty()) return config;
    std::ranges::stable_sort(reading.problems, {}, [](const ConfigProblem& problem) {
        return std::tie(problem.file, problem.line, problem.column);
    });
    throw ConfigError(reading.problems);
}

}  // namespace postern
