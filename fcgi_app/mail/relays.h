// The configured relays, in their order, and how each has been lately.
//
//  1. Nothing about the mail was said (no connection, no TLS, 421): that is the relay's trouble.
//  The
//     next relay is asked; the one in trouble is left alone for a while, at most a minute, longer
//     each time.
//  2. While all are in trouble nobody is asked, so that an outage costs each mail few attempts.
//
// Life: lives on one thread, like its connections (smtp.h). Keeps references to settings and clock.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "mail/settings.h"
#include "mail/smtp.h"

namespace mail {

class Relays {
  public:
    Relays(const Settings& settings, const base::Clock& clock);
    ~Relays();
    Relays(const Relays&) = delete;
    Relays& operator=(const Relays&) = delete;

    // Hands the parcel to the first relay that answers; the verdict is that of the last one asked.
    // terms.patience is for each of them, and none is asked who could go on beyond `until`. Throws
    // like Smtp::send().
    [[nodiscard]] Verdict send(const Parcel& parcel, base::Seconds until, const Terms& terms);

    // When the first of them may be asked again; nothing when one may be asked now.
    [[nodiscard]] std::optional<base::Seconds> back_at() const;

    void say_goodbye() noexcept;  // to all of them; see Smtp

  private:
    struct Post;  // one relay
    void judge(Post& post, const Verdict& verdict);

    const base::Clock& clock_;
    std::vector<std::unique_ptr<Post>> posts_;
};

}  // namespace mail
