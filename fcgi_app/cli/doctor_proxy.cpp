#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>
#include <sstream>

#include "base/ascii.h"
#include "cli/doctor_check.h"
#include "cli/doctor_program.h"

namespace cli::doctor {
namespace {

using Weight = Finding::Weight;

// How a location leads to a back end, and what names the visitor there.
struct Gateway {
    std::string_view pass;
    std::string_view setter;
    std::array<std::string_view, 4> names;
};
constexpr std::array<std::string_view, 4> as_parameters{"HTTP_REMOTE_USER", "HTTP_REMOTE_EMAIL",
                                                        "HTTP_REMOTE_NAME", "HTTP_REMOTE_GROUPS"};
constexpr std::array<Gateway, 3> gateways{
    {{"proxy_pass",
      "proxy_set_header",
      {"Remote-User", "Remote-Email", "Remote-Name", "Remote-Groups"}},
     {"fastcgi_pass", "fastcgi_param", as_parameters},
     {"uwsgi_pass", "uwsgi_param", as_parameters}}};

std::string line_with(const std::string& text, std::string_view mark) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.find(mark) != std::string::npos) return line;
    }
    return "";
}

// "http://127.0.0.1:3000/path" → "http://127.0.0.1:3000"
std::string back_end_of(const Directive& pass) {
    if (pass.words.empty()) return "";
    const std::string& word = pass.words.front();
    const auto host = word.find("://");
    return host == std::string::npos ? word : word.substr(0, word.find('/', host + 3));
}

bool is_postern(std::string_view back_end) {
    return back_end.find("postern_quick") != std::string_view::npos ||
           back_end.find("postern_hashing") != std::string_view::npos ||
           back_end.find("$postern_lane") != std::string_view::npos;
}

std::vector<std::string_view> unset_names(const Location& location, const Gateway& gateway) {
    std::set<std::string> set;
    for (const Directive* setter : location.effective(gateway.setter)) {
        if (!setter->words.empty()) set.insert(base::lowered(setter->words.front()));
    }
    std::vector<std::string_view> unset;
    for (const std::string_view name : gateway.names) {
        if (!set.contains(base::lowered(name))) unset.push_back(name);
    }
    return unset;
}

std::set<std::string> protected_back_ends(const std::vector<Location>& locations,
                                          const Gateway& gateway) {
    std::set<std::string> found;
    for (const Location& location : locations) {
        const Directive* pass = find_in(location.own().block, gateway.pass);
        if (pass != nullptr && location.asks_postern()) found.insert(back_end_of(*pass));
    }
    return found;
}

void look_at_names(const std::vector<Location>& locations, const Gateway& gateway,
                   std::vector<Finding>& findings) {
    const auto guarded = protected_back_ends(locations, gateway);
    for (const Location& location : locations) {
        const Directive* pass = find_in(location.own().block, gateway.pass);
        if (pass == nullptr || is_postern(back_end_of(*pass))) continue;
        if (!guarded.contains(back_end_of(*pass))) continue;
        const auto unset = unset_names(location, gateway);
        if (unset.empty()) continue;
        const std::string snippet =
            location.asks_postern() ? "postern-protect.conf" : "postern-public.conf";
        findings.push_back({location.title() + " passes " + std::string(unset.front()) +
                                " as the visitor sent it to " + back_end_of(*pass),
                            "in it: include snippets/" + snippet + ";"});
    }
}

bool redirects(const Directive& directive) {
    const auto& words = directive.words;
    if (directive.name == "return") return true;
    if (directive.name != "rewrite" || words.size() < 2) return false;
    return words.back() == "redirect" || words.back() == "permanent" ||
           words[1].find("://") != std::string::npos;
}

void look_at_location(const Location& location, std::vector<Finding>& findings) {
    for (const Directive& directive : location.own().block) {
        if (redirects(directive)) {
            findings.push_back({location.title() + ": " + directive.name + " at " +
                                    directive.place + " answers before anybody is asked",
                                "move it into a location of its own, outside the protected one"});
        }
        const bool leaves =
            directive.name == "try_files" && !directive.words.empty() &&
            (directive.words.back().starts_with('/') || directive.words.back().starts_with('@'));
        if (leaves) {
            findings.push_back(
                {location.title() + ": try_files at " + directive.place + " goes on in " +
                     directive.words.back() + ", which must be protected by itself",
                 "let it end in =404, or protect that location too", Weight::warning});
        }
    }
}

void look_at_log(const Location& accounts, std::vector<Finding>& findings) {
    for (const Directive* log : accounts.effective("access_log")) {
        const auto& words = log->words;
        if (words.empty() || words.front() == "off") continue;
        if (words.size() > 1 && words[1] == "postern") continue;
        findings.push_back({log->place + ": the access log has queries and referring pages, where "
                                         "the token of a link may stand",
                            "access_log " + words.front() + " postern;", Weight::warning});
    }
}

}  // namespace

Diagnosis check_nginx(Patient& patient) {
    std::vector<std::string> words{"nginx", "-T"};
    if (!patient.arguments.nginx_config.empty()) {
        words.insert(words.end(), {"-c", patient.arguments.nginx_config});
    }
    const Ended said = run_program(words);
    const std::string problem = line_with(said.output, "[emerg]");
    if (said.code == 127) {
        patient.nginx_unread = "there is no nginx on this machine";
    } else if (said.code != 0) {
        patient.nginx_unread = "nginx -T failed";
    }
    if (said.code != 0 && (said.code == 127 || geteuid() != 0)) {
        return skipped(problem.empty() ? patient.nginx_unread : problem);
    }
    if (said.code != 0) return {{{problem, "nginx -t"}}};
    patient.nginx = parse_dump(said.output);

    Diagnosis diagnosis;
    const std::string mount = patient.addresses().base_path() + "/";
    bool mounted = false;
    for (const Location& location : locations_of(patient.nginx)) {
        if (location.path() != mount || location.effective("fastcgi_pass").empty()) continue;
        if (!mounted) look_at_log(location, diagnosis.findings);
        mounted = true;
    }
    if (!mounted) {
        diagnosis.findings.push_back(
            {"no location " + mount + " leads to Postern, as base_path says",
             "in the server block: include snippets/postern-accounts.conf;"});
    }
    return diagnosis;
}

Diagnosis check_locations(Patient& patient) {
    if (patient.nginx.empty()) return skipped(patient.nginx_unread);
    Diagnosis diagnosis;
    for (const Location& location : locations_of(patient.nginx)) {
        if (location.asks_postern()) look_at_location(location, diagnosis.findings);
    }
    return diagnosis;
}

Diagnosis check_identity_headers(Patient& patient) {
    if (patient.nginx.empty()) return skipped(patient.nginx_unread);
    Diagnosis diagnosis;
    const auto locations = locations_of(patient.nginx);
    for (const Gateway& gateway : gateways) {
        look_at_names(locations, gateway, diagnosis.findings);
    }
    std::set<std::string> told;
    for (const Location& location : locations) {
        for (const Directive* allowed : location.effective("underscores_in_headers")) {
            const bool on = !allowed->words.empty() && allowed->words.front() == "on";
            if (!on || !told.insert(allowed->place).second) continue;
            diagnosis.findings.push_back(
                {allowed->place + ": Remote_User passes beside Remote-User, and is the same to CGI",
                 "underscores_in_headers off;"});
        }
    }
    return diagnosis;
}

std::vector<std::string> protected_paths(const Patient& patient) {
    std::vector<std::string> paths = patient.arguments.protected_paths;
    const auto servers = servers_of(patient.nginx, patient.host());
    for (const Location& location : locations_of(patient.nginx)) {
        const auto path = location.path();
        const bool known = !path || std::ranges::count(paths, *path) > 0;
        const bool here = std::ranges::count(servers, &location.server()) > 0;
        if (known || !location.asks_postern() || !here) continue;
        if (find_in(location.own().block, "internal") == nullptr) paths.push_back(*path);
    }
    return paths;
}

}  // namespace cli::doctor
