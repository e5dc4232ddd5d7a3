// The way to one relay: libcurl's SMTP client, held to a deadline, to TLS and to memory.
//
//  1. An absolute deadline for the whole dialogue; a relay that drips a byte a second does not move
//     it. QUIT gets two seconds of its own at the most, and what it says changes nothing.
//  2. starttls and smtps: TLS 1.2 or newer, the certificate's chain and name are checked, nothing
//     is said before (but EHLO and STARTTLS). smtp: no TLS, and no peer but loopback, so that
//     credentials and links never cross a network in the open.
//  3. No proxy, no netrc, no environment: what is not configured is not used.
//  4. The caller is asked before the text's first byte and again before the final dot whether the
//     mail is still its own to send.
//  5. The connection is kept for the next mail when, and only when, the last one was accepted and
//     nothing has been heard since. After anything else the next mail gets a new one; also when the
//     kept one turns out to have ended before the mail was named (many relays limit the mails of a
//     connection).
//
// Life: lives on one thread, which makes the calls and waits in them. Holds no thread of its own.
// The process must ignore SIGPIPE.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "mail/settings.h"
#include "mail/smtp_dialogue.h"

namespace mail {

struct Parcel {
    std::string_view from;
    std::string_view recipient;
    std::string_view message;  // whole, with CRLF line ends
};

struct Terms {
    std::chrono::milliseconds patience;  // from the first try to connect to the reply to the dot
    // Rule 4. False breaks off. What it throws comes out of send().
    std::function<bool()> is_still_mine;
    // Asked about once a second; gets whether the text has begun. True breaks off.
    std::function<bool(bool text_has_begun)> must_stop;
};

class Smtp {
  public:
    // Keeps references to both.
    Smtp(const Settings& settings, const Relay& relay);
    Smtp(const Settings& settings, Relay&& relay) = delete;  // it would not outlive this
    ~Smtp();                                                 // say_goodbye()
    Smtp(const Smtp&) = delete;
    Smtp& operator=(const Smtp&) = delete;

    // Every failure of the relay or the network is a verdict. Throws only what is_still_mine
    // throws, or std::bad_alloc.
    [[nodiscard]] Verdict send(const Parcel& parcel, const Terms& terms);

    // Ends a kept connection with QUIT; takes two seconds at the most.
    void say_goodbye() noexcept;

    [[nodiscard]] const std::string& name() const noexcept { return name_; }  // "host:port"

  private:
    class Connection;

    const Settings& settings_;
    const Relay& relay_;
    const std::string name_;
    std::unique_ptr<Connection> connection_;
};

}  // namespace mail
