// THE table of what `postern doctor` looks at. To add a check: a function in the file of its
// subject, and a row in doctor.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/doctor_nginx.h"
#include "config.h"

namespace cli::doctor {

struct Finding {
    enum class Weight { warning, failure };

    std::string what;
    std::string change;  // the line to change or the command to run
    Weight weight = Weight::failure;
};

struct Diagnosis {
    std::vector<Finding> findings{};  // none: all is well, or it was not looked at
    std::string skipped{};            // why it was not looked at
};

[[nodiscard]] inline Diagnosis skipped(std::string why) {
    return {{}, std::move(why)};
}

// What is looked at, and what the checks learn for those that come after them.
struct Patient {
    const Arguments& arguments;
    const postern::Config& config;
    std::vector<Directive> nginx{};  // empty while unread
    std::string nginx_unread{};      // why
    bool answers = false;            // Postern, through nginx

    [[nodiscard]] const base::Addresses& addresses() const { return config.web.addresses; }
    [[nodiscard]] std::string host() const;  // of public_origin
};

struct Check {
    std::string_view name;
    std::string_view looks_at;
    std::string_view why;                 // it matters
    Diagnosis (*look)(Patient& patient);  // what it throws is a finding
};

// doctor_units.cpp: what systemd makes of them, drop-ins included
Diagnosis check_units(Patient& patient);
Diagnosis check_sandbox(Patient& patient);

// doctor_machine.cpp: files, rights
Diagnosis check_rights(Patient& patient);
Diagnosis check_key(Patient& patient);
Diagnosis check_sockets(Patient& patient);
Diagnosis check_clock(Patient& patient);
Diagnosis check_disk(Patient& patient);
Diagnosis check_database(Patient& patient);  // from here on as the database's owner

// doctor_proxy.cpp: what nginx was told
Diagnosis check_nginx(Patient& patient);
Diagnosis check_locations(Patient& patient);
Diagnosis check_identity_headers(Patient& patient);
// Protected locations of the site that a visitor can name, and those of --protected.
[[nodiscard]] std::vector<std::string> protected_paths(const Patient& patient);

// doctor_certificate.cpp
Diagnosis check_certificate(Patient& patient);

// doctor_back_end.cpp: what nginx leads to on this machine
Diagnosis check_ports(Patient& patient);

// doctor_visit.cpp: what a visitor gets
Diagnosis check_answers(Patient& patient);
Diagnosis check_protected(Patient& patient);
Diagnosis check_post(Patient& patient);
Diagnosis check_return_address(Patient& patient);
Diagnosis check_forged_identity(Patient& patient);
Diagnosis check_cookie(Patient& patient);
Diagnosis check_headers(Patient& patient);
Diagnosis check_fail_closed(Patient& patient);
Diagnosis check_back_end(Patient& patient);

// doctor_mail.cpp
Diagnosis check_relay(Patient& patient);
Diagnosis check_test_mail(Patient& patient);

}  // namespace cli::doctor
