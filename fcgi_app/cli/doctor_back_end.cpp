#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "cli/doctor_check.h"
#include "cli/doctor_listeners.h"

namespace cli::doctor {
namespace {

constexpr std::array<std::string_view, 5> passes{"proxy_pass", "fastcgi_pass", "uwsgi_pass",
                                                 "scgi_pass", "grpc_pass"};

struct Address {
    std::string host;
    int port;
};

// "https://app:8443/path" → app, 8443. Nothing for a unix socket and for what a variable decides.
std::optional<Address> address_in(std::string_view word) {
    int port = word.starts_with("https://") || word.starts_with("grpcs://") ? 443 : 80;
    if (const auto scheme = word.find("://"); scheme != std::string_view::npos) {
        word.remove_prefix(scheme + 3);
    }
    word = word.substr(0, word.find_first_of("/$"));
    if (word.empty() || word.starts_with("unix:")) return std::nullopt;
    const auto colon = word.find(':', word.starts_with('[') ? word.find(']') : 0);
    if (colon == std::string_view::npos) return Address{std::string(word), port};
    const std::string_view digits = word.substr(colon + 1);
    std::from_chars(digits.data(), digits.data() + digits.size(), port);
    return Address{std::string(word.substr(0, colon)), port};
}

const Directive* upstream_called(const std::vector<Directive>& nginx, const std::string& name) {
    const Directive* http = find_in(nginx, "http");
    if (http == nullptr) return nullptr;
    const auto found = std::ranges::find_if(http->block, [&](const Directive& directive) {
        return directive.name == "upstream" && !directive.words.empty() &&
               directive.words.front() == name;
    });
    return found == http->block.end() ? nullptr : &*found;
}

// Where a pass directive leads: one address, or those of an upstream's servers.
std::vector<Address> addresses_of(const std::vector<Directive>& nginx, const Directive& pass) {
    const auto named = pass.words.empty() ? std::nullopt : address_in(pass.words.front());
    if (!named) return {};
    const Directive* upstream = upstream_called(nginx, named->host);
    if (upstream == nullptr) return {*named};
    std::vector<Address> addresses;
    for (const Directive& server : upstream->block) {
        if (server.name != "server" || server.words.empty()) continue;
        if (const auto address = address_in(server.words.front())) addresses.push_back(*address);
    }
    return addresses;
}

bool reaches(const Listener& listener, const Address& address,
             const std::vector<std::string>& own) {
    if (listener.port != address.port || listener.on_loopback() || own.empty()) return false;
    return listener.everywhere() || std::ranges::count(own, listener.address) > 0;
}

void look_at_ports(const Location& location, const Address& address,
                   const std::vector<Listener>& listeners, std::vector<Finding>& findings) {
    const auto own = own_addresses(address.host);
    for (const Listener& listener : listeners) {
        if (!reaches(listener, address, own)) continue;
        const std::string port = std::to_string(address.port);
        findings.push_back({location.title() + " leads to " + to_text(address.host, address.port) +
                                ", which listens on " + to_text(listener.address, listener.port) +
                                ": it is reachable around nginx",
                            "let the application listen on 127.0.0.1:" + port +
                                " alone or on a unix socket, and proxy_pass lead there"});
        return;  // one line is enough for a location
    }
}

}  // namespace

Diagnosis check_ports(Patient& patient) {
    if (patient.nginx.empty()) return skipped(patient.nginx_unread);
    const auto all = listeners();
    Diagnosis diagnosis;
    for (const Location& location : locations_of(patient.nginx)) {
        if (!location.asks_postern()) continue;
        for (const Directive& directive : location.own().block) {
            if (std::ranges::count(passes, directive.name) == 0) continue;
            for (const Address& address : addresses_of(patient.nginx, directive)) {
                look_at_ports(location, address, all, diagnosis.findings);
            }
        }
    }
    return diagnosis;
}

}  // namespace cli::doctor
