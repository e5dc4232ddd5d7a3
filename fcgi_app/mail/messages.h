// What the mails say. All words stand in templates/: <kind>.text.tpl, whose first line is the
// subject, and <kind>.html.tpl, which layout.html.tpl frames.
//
// A mail is rendered when it is sent. Its link is made from the public origin and the keys alone;
// the link stands alone on its line.
//
// Life: constant after construction, any thread. Keeps references to the settings and keys.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/email_address.h"
#include "base/keys.h"
#include "base/routes.h"
#include "base/secret.h"
#include "mail/outbox.h"
#include "mail/settings.h"

namespace ctemplate {
class TemplateCache;
}

namespace mail {

struct Content {
    std::string subject;
    std::string text;  // LF line ends
    std::string html;
    std::string link;  // the one that must stay secret, or empty
};

class Messages {
  public:
    // Throws std::invalid_argument when settings.from is no address, or settings.from_name or
    // site_name hold a control character.
    Messages(const Settings& settings, base::Addresses addresses, const base::Keys& keys);
    ~Messages();

    // kind must not be one that says_nothing(). Throws std::runtime_error for what cannot be
    // rendered.
    [[nodiscard]] Content content(Kind kind, std::int64_t subject_id,
                                  base::Seconds expires_at) const;

    // The whole message, the same bytes at each call. It holds the link, hence a Secret.
    [[nodiscard]] base::Secret compose(const Leased& mail) const;

    [[nodiscard]] const base::EmailAddress& from() const noexcept { return from_; }

  private:
    [[nodiscard]] std::string link(Kind kind, std::int64_t subject_id) const;

    const Settings& settings_;
    const base::Addresses addresses_;
    const base::Keys& keys_;
    const base::EmailAddress from_;
    const std::unique_ptr<ctemplate::TemplateCache> templates_;
};

}  // namespace mail
