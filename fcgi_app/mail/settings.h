// How mail leaves, as the configuration says it. Constant after start.
#pragma once

#include <string>
#include <vector>

#include "base/email_address.h"
#include "base/secret.h"

namespace mail {

// hold: nothing is sent; the mails are shown at the mailbox page (development).
enum class Transport { relay, hold };

// smtp: no TLS, only to loopback. starttls: submission (RFC 6409), upgraded before anything else is
// said. smtps: TLS from the first byte (RFC 8314).
enum class RelaySecurity { smtp, starttls, smtps };

enum class RelayAuth {
    none,
    plain,
    login,
    xoauth2
};  // plain: PLAIN, or LOGIN where only that is offered

struct Relay {
    RelaySecurity security = RelaySecurity::starttls;
    std::string host;
    int port = 587;
    RelayAuth auth = RelayAuth::none;
    std::string user;
    base::Secret password;  // or the OAuth 2.0 bearer token
};

struct Settings {
    Transport transport = Transport::relay;
    std::string from_name;  // may be empty
    std::string from;       // canonical address; its domain stands in Message-IDs
    std::string site_name;
    std::vector<Relay> relays;  // in order; the next when one does not answer
    std::string ca_file;        // empty: the system's
    std::string helo_name;      // empty: the host of public_origin
    int dialogue_seconds = 50;  // absolute, for one mail to one relay
};

}  // namespace mail
