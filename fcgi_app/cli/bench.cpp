#include "cli/bench.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <csignal>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "accounts/session.h"
#include "cli/bench_load.h"
#include "cli/bench_release.h"
#include "cli/bench_workers.h"
#include "cli/opened_domain.h"
#include "web/cookies.h"

namespace cli {
namespace bench {
namespace {

using Json = nlohmann::ordered_json;
using base::Route;

constexpr std::int64_t longest_seconds = 600;
constexpr int sessions = 500;  // as many visitors as ask for theirs, in turn
constexpr int checking = 32;   // connections
constexpr int signing_in = 8;

constexpr std::string_view name_begins = "postern-bench-";
constexpr std::string_view name_ends = "@postern.invalid";  // RFC 2606: gets no mail, ever

constexpr const char* large_pages_setting = "/sys/kernel/mm/transparent_hugepage/enabled";

volatile std::sig_atomic_t interrupted = 0;

// While it lives, Ctrl-C and SIGTERM end the loads early instead of the process.
class Interruptible {
  public:
    Interruptible() {
        struct sigaction action {};
        action.sa_handler = [](int) { interrupted = 1; };
        for (std::size_t i = 0; i < signals.size(); ++i)
            sigaction(signals[i], &action, &before_[i]);
    }
    ~Interruptible() {
        for (std::size_t i = 0; i < signals.size(); ++i)
            sigaction(signals[i], &before_[i], nullptr);
    }
    Interruptible(const Interruptible&) = delete;
    Interruptible& operator=(const Interruptible&) = delete;

  private:
    static constexpr std::array signals{SIGINT, SIGTERM, SIGHUP};
    std::array<struct sigaction, signals.size()> before_{};
};

// An account for as long as this lives.
class Guest {
  public:
    explicit Guest(accounts::Domain& domain)
        : domain_(domain), password_(base::base64url(base::random_secret(24).reveal())) {
        const auto address = base::EmailAddress::parse(
            std::string(name_begins) + std::to_string(base::random_id()) + std::string(name_ends));
        account_ = accounts::add_account(domain, address.value(), {}, {}, password_).account;
    }
    ~Guest() {
        try {
            (void)accounts::delete_account(domain_, account_.id);
        } catch (const std::exception& error) {
            std::cerr << "postern: " << account_.email
                      << " is still there (postern user delete): " << error.what() << '\n';
        }
    }
    Guest(const Guest&) = delete;
    Guest& operator=(const Guest&) = delete;

    [[nodiscard]] const std::string& email() const noexcept { return account_.email; }

    [[nodiscard]] std::string credentials() const {
        return Json{{"email", account_.email}, {"password", password_}}.dump();
    }

    // Signs it in so many times; gives the cookies, each as "name=value".
    [[nodiscard]] std::vector<std::string> sign_in(std::string_view cookie_name, int times) {
        std::vector<std::string> cookies;
        store::Transaction transaction(domain_.database);
        for (int i = 0; i < times; ++i) {
            const auto session = accounts::start_session(transaction, domain_, account_, false,
                                                         {"127.0.0.1", "postern bench"});
            cookies.push_back(std::string(cookie_name) + "=" +
                              std::string(session.cookie.reveal()));
        }
        transaction.commit();
        return cookies;
    }

  private:
    accounts::Domain& domain_;
    const std::string password_;
    accounts::Account account_;
};

// Of a run that was killed; one that runs beside this one keeps its own.
void remove_forgotten_guests(accounts::Domain& domain) {
    constexpr int most = 100;
    const base::Seconds old = domain.clock.now() - longest_seconds * 3;
    for (const auto& account : accounts::list_accounts(domain, name_begins, most)) {
        const bool is_guest =
            account.email.starts_with(name_begins) && account.email.ends_with(name_ends);
        if (is_guest && account.created_at < old) {
            (void)accounts::delete_account(domain, account.id);
        }
    }
}

class Bench {
  public:
    Bench(const Arguments& arguments, OpenedDomain& opened)
        : arguments_(arguments), opened_(opened) {}

    Outcome checks() {
        Guest guest(opened_.domain());
        Plan plan = plan_for(Route::session, guest);
        plan.cookies = guest.sign_in(web::session_cookie_name(opened_.config().web), sessions);
        plan.connections = checking;
        return run_with_progress("session checks", plan);
    }

    Outcome logins() {
        const Guest guest(opened_.domain());
        Plan plan = plan_for(Route::login, guest);
        plan.body = guest.credentials();
        plan.connections = signing_in;
        return run_with_progress("logins", plan);
    }

  private:
    [[nodiscard]] Plan plan_for(Route route, const Guest& guest) const {
        const base::Addresses& addresses = opened_.config().web.addresses;
        Plan plan;
        plan.url =
            arguments_.url.empty() ? addresses.url(route) : arguments_.url + addresses.path(route);
        if (arguments_.url.empty()) plan.connect_to = "127.0.0.1";
        plan.expected = '"' + guest.email() + '"';
        plan.seconds = static_cast<double>(arguments_.seconds);
        return plan;
    }

    // On standard error: a line that stands still at a terminal, one line each elsewhere.
    [[nodiscard]] Outcome run_with_progress(const std::string& what, const Plan& plan) const {
        const bool is_shown = isatty(STDERR_FILENO) != 0;
        if (!is_shown) {
            std::cerr << what << " for " << arguments_.seconds << " s\n";
        }
        int shown = -1;
        auto outcome = run(plan, [&](double share) {
            const int percent = static_cast<int>(share * 100);
            if (is_shown && percent != shown) {
                std::cerr << '\r' << what << ": " << percent << " %" << std::flush;
                shown = percent;
            }
            return interrupted == 0;
        });
        if (is_shown) std::cerr << "\r\x1b[K";
        return outcome;
    }

    const Arguments& arguments_;
    OpenedDomain& opened_;
};

struct Report {
    const Arguments& arguments;
    const Outcome& checks;
    const Outcome& logins;
    std::vector<std::int64_t> memory_kib;  // of each worker
};

double largest_mib(const Report& report) {
    return static_cast<double>(std::ranges::max(report.memory_kib)) / 1'024;
}

double rounded(double value) {
    return std::round(value * 100) / 100;
}

Json to_json(const Outcome& outcome) {
    Json fault = nullptr;
    if (outcome.faults > 0) fault = outcome.first_fault;
    return {{"a_second", std::round(outcome.a_second())},
            {"p50_ms", rounded(outcome.ms(0.5))},
            {"p99_ms", rounded(outcome.ms(0.99))},
            {"answers", outcome.answers},
            {"faults", outcome.faults},
            {"first_fault", std::move(fault)}};
}

Json to_json(const Figures& figures) {
    return {{"a_second", figures.a_second}, {"p50_ms", figures.p50_ms}, {"p99_ms", figures.p99_ms}};
}

Json to_json(const std::optional<Release>& release) {
    if (!release) return nullptr;
    return {{"machine", release->machine},
            {"session_checks", to_json(release->checks)},
            {"logins", to_json(release->logins)},
            {"memory_of_a_worker_mib", release->memory_mib}};
}

void print_json(const Report& report) {
    Json memory = nullptr;
    if (!report.memory_kib.empty()) memory = rounded(largest_mib(report));
    std::cout << Json{{"load_on_this_machine", true},
                      {"seconds", report.arguments.seconds},
                      {"session_checks", to_json(report.checks)},
                      {"logins", to_json(report.logins)},
                      {"workers", report.memory_kib.size()},
                      {"memory_of_a_worker_mib", std::move(memory)},
                      {"release", to_json(release())}}
                     .dump(-1, ' ', false, Json::error_handler_t::replace)
              << '\n';
}

void print_cells(std::string_view name, const std::array<std::string, 6>& cells) {
    std::cout << std::left << std::setw(20) << name << std::right;
    for (const std::string& cell : cells) std::cout << std::setw(11) << cell;
    std::cout << '\n';
}

std::string fixed(double value, int digits) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(digits) << value;
    return text.str();
}

void print_row(std::string_view name, const Outcome& outcome,
               const std::optional<Figures>& released) {
    std::array<std::string, 6> cells{fixed(outcome.a_second(), 0), fixed(outcome.ms(0.5), 2),
                                     fixed(outcome.ms(0.99), 2)};
    if (!outcome.is_valid()) cells = {"invalid"};
    if (released) {
        cells[3] = fixed(released->a_second, 0);
        cells[4] = fixed(released->p50_ms, 2);
        cells[5] = fixed(released->p99_ms, 2);
    }
    print_cells(name, cells);
}

void print_faults(std::string_view name, const Outcome& outcome) {
    if (outcome.is_valid()) return;
    std::cout << '\n'
              << name << ": " << outcome.faults << " of " << outcome.answers
              << " answers were not right: " << outcome.first_fault << '\n';
    if (outcome.first_fault == "it answers 429") {
        std::cout << "  nginx limits each client (snippets/postern-limits.conf): ask a server "
                     "block without it, by --url\n";
    } else if (outcome.micros.empty()) {
        std::cout << "  say by --url where nginx answers\n";
    }
}

// libsodium takes and gives back the memory of each hash. In pages of 4 KiB that is a fifth of the
// hash's time; the kernel gives larger ones unasked only where it was told "always".
bool hashes_use_small_pages() {
    std::ifstream setting(large_pages_setting);
    std::string text;
    return std::getline(setting, text) && text.find("[always]") == text.npos;
}

void print_advice() {
    if (!hashes_use_small_pages()) return;
    std::cout << "Logins can be a fifth faster: this kernel gives no large pages of memory "
                 "unasked.\n  echo always > "
              << large_pages_setting << '\n';
}

void print_text(const Report& report) {
    const auto& known = release();
    print_cells("", {"a second", "p50 ms", "p99 ms", known ? "release" : "", known ? "p50 ms" : "",
                     known ? "p99 ms" : ""});
    print_row("session checks", report.checks, known ? std::optional(known->checks) : std::nullopt);
    print_row("logins", report.logins, known ? std::optional(known->logins) : std::nullopt);
    if (!report.memory_kib.empty()) {
        print_cells("MiB of a worker", {fixed(largest_mib(report), 1), "", "",
                                        known ? fixed(known->memory_mib, 1) : ""});
    }
    for (const auto& [name, outcome] :
         {std::pair{"session checks", &report.checks}, {"logins", &report.logins}}) {
        print_faults(name, *outcome);
    }
    std::cout << "\nThe load ran on this machine and took a share of its cores from nginx and the "
                 "workers;\nvisitors bring their own.\n";
    if (known) std::cout << "The release: " << known->machine << '\n';
    print_advice();
}

void check(const Arguments& arguments) {
    if (arguments.seconds < 1 || arguments.seconds > longest_seconds) {
        throw WrongUse("--seconds is from 1 to " + std::to_string(longest_seconds));
    }
    const bool is_origin =
        arguments.url.starts_with("http://") || arguments.url.starts_with("https://");
    if (!arguments.url.empty() && (!is_origin || arguments.url.ends_with('/'))) {
        throw WrongUse("--url is like https://example.org or http://127.0.0.1:8080");
    }
}

}  // namespace
}  // namespace bench

int bench_command(const Arguments& arguments) {
    bench::check(arguments);
    OpenedDomain opened(arguments);
    bench::remove_forgotten_guests(opened.domain());
    const bench::Interruptible interruptible;
    bench::Bench bench(arguments, opened);
    const bench::Outcome checks = bench.checks();
    const bench::Outcome logins = bench.logins();
    if (bench::interrupted != 0) throw Refused("interrupted; the accounts it made are gone");
    const bench::Report report{arguments, checks, logins,
                               bench::memory_of_workers(arguments.config)};
    if (arguments.json) {
        bench::print_json(report);
    } else {
        bench::print_text(report);
    }
    return checks.is_valid() && logins.is_valid() ? 0 : 1;
}

}  // namespace cli
