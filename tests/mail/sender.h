// Somebody who sends one mail after the other by mail/smtp.h, on terms that the test sets.
#pragma once

#include <chrono>
#include <functional>
#include <ostream>
#include <string_view>

#include "mail/fake_relay.h"
#include "mail/letters.h"
#include "mail/smtp.h"

using mail::Outcome;
using mail_test::Act;
using mail_test::FakeRelay;
using namespace std::chrono_literals;
using Then = mail_test::Act::Then;
using Steady = std::chrono::steady_clock;

namespace mail {
inline std::ostream& operator<<(std::ostream& out, Outcome outcome) {
    constexpr const char* words[]{"accepted", "refused",       "try_later",
                                  "unknown",  "relay_trouble", "stopped"};
    return out << words[static_cast<int>(outcome)];
}
}  // namespace mail

namespace mail_test {

inline constexpr std::string_view letter =
    "Subject: hello\r\n\r\n.one dot\r\n..\r\n.\r\nlast line\r\n";

struct Sender {
    mail::Settings settings = example_settings();
    std::chrono::milliseconds patience = std::chrono::seconds(20);
    std::function<bool()> is_still_mine = [] { return true; };
    std::function<bool(bool)> must_stop = [](bool) { return false; };

    mail::Verdict send(mail::Smtp& smtp) {
        return smtp.send({"no-reply@example.org", "ann@example.net", letter},
                         {patience, is_still_mine, must_stop});
    }
    mail::Verdict send(const mail::Relay& relay) {
        mail::Smtp smtp(settings, relay);
        return send(smtp);
    }
    mail::Verdict send(const FakeRelay& relay) { return send(relay.relay()); }
};

}  // namespace mail_test

using mail_test::Sender;
