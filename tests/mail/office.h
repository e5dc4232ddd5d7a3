// What the tests of the notifier begin with: an outbox, the words of a site, and a relay.
#pragma once

#include <chrono>

#include "mail/fake_relay.h"
#include "mail/letters.h"
#include "mail/notifier.h"
#include "mail/queue.h"

using mail::Kind;
using mail::Notifier;
using mail::State;
using mail_test::Act;
using mail_test::FakeRelay;
using namespace std::chrono_literals;
using Then = mail_test::Act::Then;

namespace mail_test {

struct Office : Queue, Letters {
    FakeRelay relay;

    Office() { settings.relays.push_back(relay.relay()); }

    Notifier new_notifier() { return {file, settings, messages, clock}; }
};

}  // namespace mail_test
