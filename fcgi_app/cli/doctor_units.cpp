#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "cli/doctor_check.h"
#include "cli/doctor_program.h"

namespace cli::doctor {
namespace {

using Weight = Finding::Weight;
using Unit = std::map<std::string, std::string>;  // what `systemctl show` says of it

struct Setting {
    std::string_view name;
    std::string_view value;  // as shipped
};

// The sandbox of postern@.service; a test holds it against the file.
constexpr std::array<Setting, 29> sandbox{{{"User", "postern"},
                                           {"UMask", "0077"},
                                           {"LimitCORE", "0"},
                                           {"NoNewPrivileges", "yes"},
                                           {"CapabilityBoundingSet", ""},
                                           {"AmbientCapabilities", ""},
                                           {"ProtectSystem", "strict"},
                                           {"ProtectHome", "yes"},
                                           {"PrivateTmp", "yes"},
                                           {"PrivateDevices", "yes"},
                                           {"DevicePolicy", "closed"},
                                           {"PrivateUsers", "yes"},
                                           {"PrivateIPC", "yes"},
                                           {"PrivateMounts", "yes"},
                                           {"ProtectProc", "invisible"},
                                           {"ProcSubset", "pid"},
                                           {"ProtectClock", "yes"},
                                           {"ProtectHostname", "yes"},
                                           {"ProtectControlGroups", "yes"},
                                           {"ProtectKernelLogs", "yes"},
                                           {"ProtectKernelModules", "yes"},
                                           {"ProtectKernelTunables", "yes"},
                                           {"LockPersonality", "yes"},
                                           {"MemoryDenyWriteExecute", "yes"},
                                           {"RemoveIPC", "yes"},
                                           {"RestrictNamespaces", "yes"},
                                           {"RestrictRealtime", "yes"},
                                           {"RestrictSUIDSGID", "yes"},
                                           {"SystemCallArchitectures", "native"}}};

std::string properties() {
    std::string names = "Id,LoadState,ActiveState,NeedDaemonReload,DropInPaths,NonBlocking";
    for (const Setting& setting : sandbox) (names += ",") += setting.name;
    return names;
}

// One record a unit, with an empty line between them.
std::vector<Unit> units_in(const std::string& shown) {
    std::vector<Unit> units(1);
    std::istringstream lines(shown);
    for (std::string line; std::getline(lines, line);) {
        const auto equals = line.find('=');
        if (line.empty()) units.emplace_back();
        if (equals != std::string::npos)
            units.back()[line.substr(0, equals)] = line.substr(equals + 1);
    }
    std::erase_if(units, [](Unit& unit) { return unit["LoadState"] != "loaded"; });
    return units;
}

bool is_worker(Unit& unit) {
    return unit["Id"].starts_with("postern@");
}

// Those that systemd has, or why it has none.
struct Units {
    std::vector<Unit> units{};
    std::string missing{};
};
Units installed_units() {
    if (!std::filesystem::exists("/run/systemd/system")) return {{}, "systemd does not run here"};
    const Ended shown = run_program({"systemctl", "show", "--property", properties(),
                                     "postern.socket", "postern.target", "postern@*"});
    Units found{units_in(shown.output)};
    if (found.units.empty()) found.missing = "Postern's units are not installed";
    return found;
}

std::string taking_out(const std::string& line, Unit& unit) {
    const std::string drop_ins = unit["DropInPaths"];
    return "take " + line + " out of " + (drop_ins.empty() ? "the unit" : drop_ins) +
           " (systemctl cat " + unit["Id"] +
           "), then: systemctl daemon-reload && systemctl restart 'postern@*'";
}

void look_at_state(Unit& unit, bool meant_to_be_stopped, std::vector<Finding>& findings) {
    const std::string& name = unit["Id"];
    if (unit["ActiveState"] == "failed") {
        findings.push_back({name + " has failed", "journalctl -u " + name +
                                                      " -n 50, then: systemctl start "
                                                      "postern.target"});
    } else if (name == "postern.socket" && unit["ActiveState"] != "active" &&
               !meant_to_be_stopped) {
        findings.push_back({name + " is " + unit["ActiveState"],
                            "systemctl enable --now postern.socket postern.target"});
    }
    if (unit["NeedDaemonReload"] == "yes") {
        findings.push_back({name + " was changed on the disk and is not yet read",
                            "systemctl daemon-reload && systemctl restart 'postern@*'",
                            Weight::warning});
    }
}

void look_at_sockets_of(Unit& unit, std::vector<Finding>& findings) {
    if (!is_worker(unit) || unit["NonBlocking"] == "yes") return;
    findings.push_back({unit["Id"] + " starts without NonBlocking=yes: it makes the sockets "
                                     "blocking for all workers, and requests hang",
                        taking_out("NonBlocking=" + unit["NonBlocking"], unit)});
}

}  // namespace

Diagnosis check_units(Patient& patient) {
    auto [units, missing] = installed_units();
    if (!missing.empty()) return skipped(missing);
    Diagnosis diagnosis;
    for (Unit& unit : units) {
        look_at_state(unit, patient.arguments.fail_closed, diagnosis.findings);
        look_at_sockets_of(unit, diagnosis.findings);
    }
    return diagnosis;
}

Diagnosis check_sandbox(Patient&) {
    auto [units, missing] = installed_units();
    if (!missing.empty()) return skipped(missing);
    Diagnosis diagnosis;
    std::set<std::string> told;  // the workers have most of it from one file
    for (Unit& unit : units) {
        for (const auto& [name, value] : sandbox) {
            const std::string line = std::string(name) + "=" + unit[std::string(name)];
            if (!is_worker(unit) || unit[std::string(name)] == value) continue;
            if (!told.insert(line).second) continue;
            diagnosis.findings.push_back({unit["Id"] + " runs with " + line + " instead of " +
                                              std::string(name) + "=" + std::string(value),
                                          taking_out(line, unit), Weight::warning});
        }
    }
    return diagnosis;
}

}  // namespace cli::doctor
