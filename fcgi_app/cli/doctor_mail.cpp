#include <poll.h>

#include <chrono>
#include <csignal>

#include "cli/doctor_check.h"
#include "cli/mail_commands.h"
#include "cli/opened_domain.h"
#include "cli/user_commands.h"
#include "mail/outbox_admin.h"
#include "mail/smtp.h"

namespace cli::doctor {
namespace {

using Weight = Finding::Weight;

constexpr std::string_view never_sent = "Subject: postern doctor\r\n\r\n";
constexpr int seconds_for_a_mail = 20;

// As every mail goes, up to where its text would begin.
mail::Verdict greet(const mail::Settings& settings, const mail::Relay& relay) {
    mail::Smtp smtp(settings, relay);
    return smtp.send({settings.from, settings.from, never_sent},
                     {std::chrono::seconds(15), [] { return false; }, [](bool) { return false; }});
}

void look_at_relay(const mail::Settings& settings, const mail::Relay& relay,
                   std::vector<Finding>& findings) {
    const mail::Verdict verdict = greet(settings, relay);
    if (verdict.outcome == mail::Outcome::stopped) return;
    const bool about_the_mail = verdict.outcome != mail::Outcome::relay_trouble;
    findings.push_back(
        {relay.host + ":" + std::to_string(relay.port) + ": " + verdict.words,
         about_the_mail ? "mail.from in postern.toml, or the relay's rules for this sender"
                        : "mail.relays (scheme, user, host, port), mail.password, mail.auth and "
                          "mail.ca_file in postern.toml"});
}

void wait_a_moment() {
    poll(nullptr, 0, 200);
}

mail::Entry when_tried(store::Database& database, std::int64_t id) {
    for (int i = 0; i < seconds_for_a_mail * 5; ++i, wait_a_moment()) {
        const auto entry = mail::find(database, id);
        const bool waits = entry && entry->state == mail::State::due && !entry->last_reply;
        if (entry && !waits) return *entry;
    }
    return mail::find(database, id).value();
}

}  // namespace

Diagnosis check_relay(Patient& patient) {
    const mail::Settings& settings = patient.config.mail;
    if (settings.transport == mail::Transport::hold) return skipped("mail is held, not sent");
    if (!patient.config.unread_secrets.empty())
        return skipped(patient.config.unread_secrets.front());
    std::signal(SIGPIPE, SIG_IGN);
    Diagnosis diagnosis;
    for (const mail::Relay& relay : settings.relays) {
        look_at_relay(settings, relay, diagnosis.findings);
    }
    return diagnosis;
}

Diagnosis check_test_mail(Patient& patient) {
    const std::string& wanted = patient.arguments.test_mail_to;
    if (wanted.empty()) return skipped("only with --mail ADDRESS");
    const base::EmailAddress address = parse_address(wanted);
    OpenedDomain opened(patient.arguments);
    const std::int64_t id = queue_test_mail(opened.domain(), address);
    const mail::Entry entry = when_tried(opened.domain().database, id);
    if (entry.state == mail::State::accepted) return {};
    const std::string name = std::to_string(id);
    return {{{"mail " + name + " to " + address.text() + " is " +
                  std::string(mail::word_for(entry.state)) + ": " +
                  entry.last_reply.value_or("no worker has tried it yet"),
              "postern mail show " + name}}};
}

}  // namespace cli::doctor
