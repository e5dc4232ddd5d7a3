#include <ctime>

#include "cli/doctor_check.h"
#include "cli/doctor_client.h"

namespace cli::doctor {
namespace {

using Weight = Finding::Weight;

constexpr std::time_t day = 24 * 60 * 60;
constexpr std::time_t soon = 14 * day;

// Where nginx is told which certificate to show for the host.
std::string line_of(const Patient& patient) {
    for (const Directive* server : servers_of(patient.nginx, patient.host())) {
        const Directive* line = find_in(server->block, "ssl_certificate");
        if (line == nullptr || line->words.empty()) continue;
        return "ssl_certificate " + line->words.front() + "; (" + line->place + ")";
    }
    return "ssl_certificate in nginx's server for " + patient.host();
}

std::string left(std::time_t seconds) {
    return seconds < day ? "in less than a day" : "in " + std::to_string(seconds / day) + " days";
}

}  // namespace

Diagnosis check_certificate(Patient& patient) {
    const std::string& origin = patient.addresses().public_origin();
    if (!patient.addresses().secure()) return skipped("public_origin is plain http");
    const Certificate shown = certificate_of(origin + "/");
    if (!shown.ends) return skipped(origin + " shows none: " + shown.refusal);
    if (!shown.refusal.empty()) {
        return {{{origin + ": browsers refuse its certificate: " + shown.refusal,
                  line_of(patient) + ": one that holds now, for " + patient.host() +
                      ", from an authority that this machine trusts; then: systemctl reload "
                      "nginx"}}};
    }
    const std::time_t rest = *shown.ends - std::time(nullptr);
    if (rest >= soon) return {};
    return {{{origin + ": its certificate ends " + left(rest),
              "renew " + line_of(patient) +
                  " and let that reload nginx by itself: systemctl "
                  "reload nginx",
              Weight::warning}}};
}

}  // namespace cli::doctor
