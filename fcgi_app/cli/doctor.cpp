#include "cli/doctor.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/doctor_check.h"

namespace cli {
namespace doctor {
namespace {

using Json = nlohmann::ordered_json;

// In this order: what root alone may see comes before check_database, what is learned from nginx
// before what is asked through it.
constexpr std::array<Check, 24> all_checks{{
    {"rights", "mode and owner of configuration and database",
     "who can read the database has every address and password hash, who can write it any account",
     check_rights},
    {"key", "the key file and its mode",
     "who reads the key can make a link that resets any password", check_key},
    {"nginx", "nginx -T: does it load, does Postern have its place in it",
     "without its locations nobody can sign in; a log with queries has tokens of links",
     check_nginx},
    {"protected locations", "return, rewrite and try_files beside auth_request",
     "nginx carries them out before it asks who it is, or leaves the protected location",
     check_locations},
    {"identity headers", "who sets Remote-User for each back end",
     "a back end believes them: a visitor who can send one is whoever he likes",
     check_identity_headers},
    {"sockets", "where nginx connects to Postern, and who else may",
     "who may connect can tell Postern any client address; without a socket nothing answers",
     check_sockets},
    {"units", "systemctl show: postern.socket, postern.target, postern@*",
     "a failed unit is one worker less, or all of them", check_units},
    {"sandbox", "systemctl show: how postern@* is confined, drop-ins included",
     "who takes a worker over may do what its unit leaves open", check_sandbox},
    {"clock", "is it kept right", "links and sign-ins end by the clock, TLS refuses a wrong one",
     check_clock},
    {"disk", "room beside the database",
     "on a full disk nobody can sign in, register or reset a password", check_disk},
    {"database", "pages, references and schema (PRAGMA quick_check)",
     "a damaged page is accounts lost; what is found early is restored from a good copy",
     check_database},
    {"certificate", "the one that nginx shows: its end, its name, its authority",
     "browsers let nobody in when it is over or another's", check_certificate},
    {"answers", "health and login page, from public_origin through nginx",
     "it is what a visitor does first", check_answers},
    {"anonymous visitors", "a protected location without a sign-in",
     "it is what the protection is for", check_protected},
    {"POST", "60,000 bytes through auth_request",
     "forms and uploads of protected pages fail where the sub-request takes over their method",
     check_post},
    {"return address", "an address with a query, as far as the login page",
     "after signing in a visitor wants to be where he was", check_return_address},
    {"forged identity", "Remote-User from outside, asked of Postern and of the back ends",
     "a visitor who can name himself needs no password", check_forged_identity},
    {"cookie", "name, Path, HttpOnly, Secure, SameSite, Domain",
     "a cookie of too wide a scope can be stolen, one of too narrow a scope is no sign-in",
     check_cookie},
    {"headers", "security headers and caching, on error pages too",
     "a page without them can be framed or made to run another's script", check_headers},
    {"fail closed", "protected locations while Postern is stopped",
     "what opens when its guard is away is not guarded", check_fail_closed},
    {"ports", "where protected locations lead on this machine, and who else reaches that",
     "past nginx there is no sign-in, and Remote-User is the visitor's own", check_ports},
    {"back end", "what is reachable around nginx, from here",
     "past nginx there is no sign-in, and Remote-User is the visitor's own", check_back_end},
    {"relay", "connection, certificate and sign-in of each relay; no mail is sent",
     "without mail nobody can register or reset a password", check_relay},
    {"test mail", "a mail on the way of all others",
     "only a mail that was taken shows that mail works", check_test_mail},
}};

}  // namespace

std::string Patient::host() const {
    const std::string_view origin = config.web.addresses.public_origin();
    const std::string_view host = origin.substr(origin.find("//") + 2);
    return std::string(host.substr(0, host.find(':', host.starts_with('[') ? host.find(']') : 0)));
}

namespace {

std::string_view status_of(const Diagnosis& diagnosis) {
    const auto fails = [](const Finding& finding) {
        return finding.weight == Finding::Weight::failure;
    };
    if (!diagnosis.skipped.empty()) return "skipped";
    if (diagnosis.findings.empty()) return "ok";
    return std::ranges::any_of(diagnosis.findings, fails) ? "failed" : "warning";
}

Diagnosis examine(const Check& check, Patient& patient) {
    try {
        return check.look(patient);
    } catch (const WrongUse&) {
        throw;
    } catch (const std::exception& error) {
        return {{{error.what(), "what the message names; then run postern doctor again"}}};
    }
}

struct Result {
    const Check& check;
    Diagnosis diagnosis;
};

void print_line(const Result& result) {
    std::cout << std::left << std::setw(9) << status_of(result.diagnosis) << std::setw(21)
              << result.check.name << result.check.looks_at;
    if (!result.diagnosis.skipped.empty()) std::cout << ": " << result.diagnosis.skipped;
    std::cout << std::endl;  // at once: some take seconds
}

void print_findings(const Result& result) {
    for (const Finding& finding : result.diagnosis.findings) {
        std::cout << '\n'
                  << result.check.name << ": " << finding.what << "\n  why:    " << result.check.why
                  << "\n  change: " << finding.change << '\n';
    }
}

Json to_json(const Result& result) {
    Json findings = Json::array();
    for (const Finding& finding : result.diagnosis.findings) {
        const bool warns = finding.weight == Finding::Weight::warning;
        findings.push_back({{"weight", warns ? "warning" : "failed"},
                            {"what", finding.what},
                            {"why", result.check.why},
                            {"change", finding.change}});
    }
    Json skipped = nullptr;
    if (!result.diagnosis.skipped.empty()) skipped = result.diagnosis.skipped;
    return {{"name", result.check.name},
            {"looks_at", result.check.looks_at},
            {"status", status_of(result.diagnosis)},
            {"skipped_because", std::move(skipped)},
            {"findings", std::move(findings)}};
}

// The relay's password is a credential that systemd hands to the workers alone; root may take it
// from where systemd does.
postern::Config read_config(const Arguments& arguments) {
    constexpr auto reachable = postern::Secrets::if_reachable;
    postern::Config config = postern::load_config(arguments.config, reachable);
    if (config.unread_secrets.empty()) return config;
    setenv("CREDENTIALS_DIRECTORY", "/etc/credstore", 0);
    try {
        return postern::load_config(arguments.config, reachable);
    } catch (const postern::ConfigError&) {
        unsetenv("CREDENTIALS_DIRECTORY");
        return config;
    }
}

}  // namespace
}  // namespace doctor

int doctor_command(const Arguments& arguments) {
    const postern::Config config = doctor::read_config(arguments);
    doctor::Patient patient{arguments, config};
    std::vector<doctor::Result> results;
    for (const doctor::Check& check : doctor::all_checks) {
        results.push_back({check, doctor::examine(check, patient)});
        if (!arguments.json) doctor::print_line(results.back());
    }
    if (arguments.json) {
        auto checks = doctor::Json::array();
        for (const doctor::Result& result : results) checks.push_back(doctor::to_json(result));
        std::cout << doctor::Json{{"checks", std::move(checks)}}.dump(
                         1, ' ', false, doctor::Json::error_handler_t::replace)
                  << '\n';
    } else {
        for (const doctor::Result& result : results) doctor::print_findings(result);
    }
    return std::ranges::any_of(results, [](const doctor::Result& result) {
        return doctor::status_of(result.diagnosis) == "failed";
    });
}

}  // namespace cli
