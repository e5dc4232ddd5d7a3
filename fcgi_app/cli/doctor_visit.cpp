#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "accounts/session.h"
#include "cli/doctor_check.h"
#include "cli/doctor_client.h"
#include "cli/opened_domain.h"
#include "cli/user_commands.h"
#include "http/fields.h"
#include "web/cookies.h"

namespace cli::doctor {
namespace {

using base::Route;
using Weight = Finding::Weight;
using Headers = std::vector<std::string>;

// What no visitor is called.
constexpr const char* marker = "forged-by-postern-doctor";
const std::string protect_snippet = "in that location: include snippets/postern-protect.conf;";

const Headers& as_page() {
    static const Headers headers{"Sec-Fetch-Mode: navigate", "Accept: text/html"};
    return headers;
}

const Headers& as_script() {
    static const Headers headers{"Sec-Fetch-Mode: cors", "Accept: application/json"};
    return headers;
}

Headers forged(Headers headers) {
    for (const char* name : {"Remote-User", "Remote-Email", "Remote-Name", "Remote-Groups",
                             "Remote_User", "X-Remote-User"}) {
        headers.push_back(std::string(name) + ": " + marker);
    }
    return headers;
}

std::string unanswered(const Patient& patient) {
    return patient.addresses().public_origin() + " does not answer for Postern";
}

// Why the protected locations cannot be asked; nothing when they can.
std::optional<std::string> hindrance(const Patient& patient, bool needs_postern = true) {
    if (needs_postern && !patient.answers) return unanswered(patient);
    if (protected_paths(patient).empty()) {
        return "no protected location is known; name one with --protected PATH";
    }
    return std::nullopt;
}

template <typename Look>
Diagnosis for_each_protected(const Patient& patient, const Look& look) {
    if (auto why = hindrance(patient)) return skipped(*std::move(why));
    Diagnosis diagnosis;
    for (const std::string& path : protected_paths(patient)) look(path, diagnosis.findings);
    return diagnosis;
}

std::string url_of(const Patient& patient, const std::string& path) {
    return path.starts_with("http") ? path : patient.addresses().public_origin() + path;
}

bool is_good(int status) {
    return status >= 200 && status < 300;
}

// A sign-in of an account for as long as this lives.
class Borrowed {
  public:
    explicit Borrowed(const Arguments& arguments) : opened_(arguments) {
        accounts::Domain& domain = opened_.domain();
        const accounts::Account account = account_called(domain, arguments.who);
        store::Transaction transaction(domain.database);
        session_.emplace(
            accounts::start_session(transaction, domain, account, false, {"", "postern doctor"}));
        transaction.commit();
    }
    ~Borrowed() {
        try {
            accounts::end_session(opened_.domain(), session_->signed_in.session);
        } catch (const std::exception&) {  // it ends by itself, unused
        }
    }
    Borrowed(const Borrowed&) = delete;
    Borrowed& operator=(const Borrowed&) = delete;

    [[nodiscard]] std::string_view cookie() const { return session_->cookie.reveal(); }

  private:
    OpenedDomain opened_;
    std::optional<accounts::NewSession> session_;
};

// "__Host-postern="
std::string start_of_cookie(const Patient& patient) {
    return std::string(web::session_cookie_name(patient.config.web)) + "=";
}

void look_behind_the_door(Patient& patient, std::vector<Finding>& findings) {
    const Borrowed borrowed(patient.arguments);
    const std::string cookie =
        "Cookie: " + start_of_cookie(patient) + std::string(borrowed.cookie());
    for (const std::string& path : protected_paths(patient)) {
        Headers headers = forged(as_page());
        headers.push_back(cookie);
        const Answer answer = ask({"GET", url_of(patient, path), headers});
        if (answer.mentions(marker)) {
            findings.push_back({path + ": the back end is told the name that the visitor forged",
                                protect_snippet});
        } else if (answer.status == 401 || answer.status == 303 || answer.status >= 500) {
            findings.push_back({path + " answers " + answer.summary() + " to " +
                                    patient.arguments.who + ", who is signed in",
                                "the cookie or its domain: session.cookie_domain in postern.toml"});
        }
    }
}

void look_at_identity(const Answer& answer, const std::string& url,
                      std::vector<Finding>& findings) {
    if (answer.status == 401 && !answer.mentions(marker)) return;
    findings.push_back({url + " answers " + answer.summary() +
                            " to nobody who says to be somebody, instead of 401",
                        "include snippets/postern-accounts.conf unchanged; it passes no header of "
                        "the visitor but those that it names"});
}

// "Path=/" and so on, as the browser understands them: names in small letters.
std::vector<std::string> parts_of(const std::string& cookie) {
    std::vector<std::string> parts;
    for (std::string_view rest = cookie; !rest.empty();) {
        const auto end = std::min(rest.find(';'), rest.size());
        std::string part(rest.substr(0, end));
        part.erase(0, part.find_first_not_of(' '));
        parts.push_back(std::move(part));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return parts;
}

bool has_part(const std::vector<std::string>& parts, const std::string& wanted) {
    return std::ranges::count(parts, wanted) > 0;
}

void look_at_cookie(const Patient& patient, const std::string& cookie,
                    std::vector<Finding>& findings) {
    const auto parts = parts_of(cookie);
    const std::string& domain = patient.config.web.cookie_domain;
    const std::array<std::pair<std::string, bool>, 4> wanted{
        {{"Path=/", true},
         {"HttpOnly", true},
         {"SameSite=Lax", true},
         {"Secure", patient.addresses().secure()}}};
    for (const auto& [part, should] : wanted) {
        if (has_part(parts, part) == should) continue;
        findings.push_back(
            {"the cookie arrives " + std::string(should ? "without " : "with ") + part,
             "take away what changes Set-Cookie on its way (nginx, or a proxy in "
             "front of it)"});
    }
    const auto is_domain = [](const std::string& part) { return part.starts_with("Domain="); };
    const auto found = std::ranges::find_if(parts, is_domain);
    const std::string scope = found == parts.end() ? "" : found->substr(7);
    if (scope == domain) return;
    findings.push_back({"the cookie is for " + (scope.empty() ? "this host alone" : scope) +
                            ", the configuration says " + (domain.empty() ? "this host" : domain),
                        "systemctl reload 'postern@*' (session.cookie_domain)"});
}

constexpr std::array<std::string_view, 4> security_headers{
    "content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy"};

void look_at_headers(const std::string& url, const Answer& answer, std::vector<Finding>& findings) {
    for (const std::string_view name : security_headers) {
        const auto count = answer.all(name).size();
        if (count == 1) continue;
        findings.push_back(
            {url + " (" + answer.summary() + ") has " + std::string(name) +
                 (count == 0 ? " not at all" : " more than once"),
             "in the server block, and in each location with an add_header of its own: include "
             "snippets/postern-security-headers.conf;"});
        return;  // one line is enough for an answer
    }
}

void look_at_return(const Patient& patient, const std::string& path,
                    std::vector<Finding>& findings) {
    const std::string address = path + "?first=a%20b%26c&second=d%2Fe";
    const Answer answer = ask({"GET", url_of(patient, address), as_page()});
    const std::string to = answer.first("location");
    const auto at = to.find("return_to=");
    const auto back = at == std::string::npos
                          ? std::nullopt
                          : http::percent_decode(std::string_view(to).substr(at + 10), true);
    if (back && (*back == address || *back == url_of(patient, address))) return;
    findings.push_back({path + " forgets the address that was wanted: " + address +
                            " comes back as " + (back ? *back : answer.summary() + " " + to),
                        "include snippets/postern-check.conf unchanged: fastcgi_param "
                        "POSTERN_ORIGINAL_URI $request_uri;"});
}

std::string mending_of_post(int status) {
    if (status == 413) return "client_max_body_size in that location";
    return "include snippets/postern-check.conf unchanged: the location that auth_request asks "
           "sets REQUEST_METHOD GET, CONTENT_LENGTH \"\" and fastcgi_pass_request_body off";
}

void look_at_back_end(const std::string& url, std::vector<Finding>& findings) {
    const Answer answer = ask({"GET", url, forged(as_page())});
    if (answer.status == 0 || answer.status == 401 || answer.status == 403) return;
    findings.push_back({url + " answers " + answer.summary() +
                            " without nginx: whoever reaches it can say who he is",
                        "let the application listen on a unix socket or 127.0.0.1 alone, or close "
                        "its port to all but nginx"});
}

}  // namespace

Diagnosis check_answers(Patient& patient) {
    if (patient.arguments.fail_closed) return skipped("Postern is meant to be stopped");
    Diagnosis diagnosis;
    for (const Route route : {Route::health, Route::login}) {
        const std::string url = patient.addresses().url(route);
        const Answer answer = ask({"GET", url});
        if (answer.status == 200) continue;
        diagnosis.findings.push_back(
            {url + ": " + answer.summary(),
             answer.status == 0
                 ? "public_origin in postern.toml, the name's address, nginx's listen "
                   "and its certificate"
                 : "systemctl status 'postern@*'; base_path in postern.toml and the "
                   "location in nginx must be the same"});
    }
    patient.answers = diagnosis.findings.empty();
    return diagnosis;
}

Diagnosis check_protected(Patient& patient) {
    const std::string login = patient.addresses().url(Route::login);
    return for_each_protected(patient, [&](const std::string& path, auto& findings) {
        const Answer answer = ask({"GET", url_of(patient, path), forged(as_page())});
        if (answer.status == 303 && answer.first("location").starts_with(login)) return;
        findings.push_back({path + (is_good(answer.status) ? " is open: it" : "") + " answers " +
                                answer.summary() + " to a visitor who is not signed in",
                            protect_snippet});
    });
}

Diagnosis check_post(Patient& patient) {
    return for_each_protected(patient, [&](const std::string& path, auto& findings) {
        const Answer answer =
            ask({"POST", url_of(patient, path), as_script(), std::string(60'000, 'x')});
        if (answer.status == 401) return;
        findings.push_back({path + " answers " + answer.summary() +
                                " to a POST that is not signed in, instead of 401",
                            mending_of_post(answer.status)});
    });
}

Diagnosis check_return_address(Patient& patient) {
    return for_each_protected(patient, [&](const std::string& path, auto& findings) {
        look_at_return(patient, path, findings);
    });
}

Diagnosis check_forged_identity(Patient& patient) {
    if (!patient.answers) return skipped(unanswered(patient));
    Diagnosis diagnosis;
    for (const Route route : {Route::session, Route::check}) {
        const std::string url = patient.addresses().url(route);
        look_at_identity(ask({"GET", url, forged(as_script())}), url, diagnosis.findings);
    }
    const bool borrows = !patient.arguments.who.empty();
    if (borrows && !hindrance(patient)) look_behind_the_door(patient, diagnosis.findings);
    return diagnosis;
}

// Signing out nobody sets the cookie anew, with the scope that a sign-in gives it.
Diagnosis check_cookie(Patient& patient) {
    if (!patient.answers) return skipped(unanswered(patient));
    const Answer answer = ask({"POST", patient.addresses().url(Route::logout), as_script()});
    const std::string start = start_of_cookie(patient);
    Diagnosis diagnosis;
    for (const std::string& cookie : answer.all("set-cookie")) {
        if (!cookie.starts_with(start)) continue;
        look_at_cookie(patient, cookie, diagnosis.findings);
        return diagnosis;
    }
    return {
        {{"signing out (" + answer.summary() + ") sets no cookie " + start,
          "systemctl reload 'postern@*' after a change of public_origin; nothing on the way may "
          "drop Set-Cookie"}}};
}

Diagnosis check_headers(Patient& patient) {
    if (!patient.answers) return skipped(unanswered(patient));
    std::vector<std::string> urls{
        patient.addresses().url(Route::login),
        url_of(patient, "/there-is-no-such-page-postern-doctor"),
        patient.addresses().url(Route::account) + "there-is-no-such-page"};
    for (const std::string& path : protected_paths(patient)) urls.push_back(url_of(patient, path));
    Diagnosis diagnosis;
    for (const std::string& url : urls) {
        look_at_headers(url, ask({"GET", url, as_page()}), diagnosis.findings);
    }
    const Answer session = ask({"GET", patient.addresses().url(Route::session)});
    if (session.first("cache-control") != "no-store") {
        diagnosis.findings.push_back({"the answer of one's own session may be kept by a cache",
                                      "let nothing on the way change Cache-Control"});
    }
    if (session.first("server").find('/') != std::string::npos) {
        diagnosis.findings.push_back({"every answer tells the version: " + session.first("server"),
                                      "server_tokens off;", Weight::warning});
    }
    return diagnosis;
}

Diagnosis check_fail_closed(Patient& patient) {
    if (!patient.arguments.fail_closed) {
        return skipped(
            "only with --fail-closed, while Postern is stopped (systemctl stop "
            "postern.socket postern.target)");
    }
    if (ask({"GET", patient.addresses().url(Route::health)}).status == 200) {
        return skipped(
            "Postern answers; stop it first: systemctl stop postern.socket "
            "postern.target");
    }
    if (auto why = hindrance(patient, false)) return skipped(*std::move(why));
    Diagnosis diagnosis;
    for (const std::string& path : protected_paths(patient)) {
        const Answer answer = ask({"GET", url_of(patient, path), forged(as_page())});
        if (answer.status >= 500) continue;
        diagnosis.findings.push_back({path + " answers " + answer.summary() +
                                          " while nobody can be asked who it is, instead of 503",
                                      protect_snippet});
    }
    return diagnosis;
}

Diagnosis check_back_end(Patient& patient) {
    if (patient.arguments.back_ends.empty()) return skipped("only with --backend URL");
    Diagnosis diagnosis;
    for (const std::string& url : patient.arguments.back_ends) {
        look_at_back_end(url, diagnosis.findings);
    }
    return diagnosis;
}

}  // namespace cli::doctor
