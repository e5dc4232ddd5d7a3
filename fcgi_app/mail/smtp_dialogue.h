// What one dialogue with a relay means for its mail: follows the commands and replies as they go by
// and gives the verdict at the end. Knows nothing of sockets.
//
// The verdict comes from what was seen on the wire, never from the client's opinion of it: a
// dialogue that ends in a time-out after the relay's final "250" has been accepted all the same.
#pragma once

#include <string>
#include <string_view>

namespace mail {

enum class Outcome {
    accepted,       // the relay answered the final dot with 2xx: the mail is its own now
    refused,        // 5xx to this mail: never again
    try_later,      // 4xx to this mail, or the connection was lost over it
    unknown,        // silence after the final dot: the relay may or may not have it
    relay_trouble,  // nothing was said about the mail: no connection, no TLS, no sign-in, 421 …
    stopped,        // we broke off ourselves, before the final dot
};

struct Verdict {
    Outcome outcome;
    std::string words;  // the relay's own where it had the last word; one_line()
};

// One line of at most 400 bytes of printable text: control characters become spaces, runs of
// letters and digits as long as a link's token are cut out (a relay may quote the mail).
[[nodiscard]] std::string one_line(std::string_view words);

class Dialogue {
  public:
    // Memory and patience for all replies of one dialogue.
    static constexpr std::size_t reply_budget = 64 * 1024;

    void command_sent(std::string_view command);
    // A line as it came. False: more than the budget, break off.
    [[nodiscard]] bool reply_line(std::string_view line);
    void text_begun() noexcept { step_ = Step::text; }
    void dot_given() noexcept { step_ = Step::dot; }
    void break_off(std::string_view why) { stopped_ = why; }

    [[nodiscard]] bool text_has_begun() const noexcept { return step_ >= Step::text; }
    [[nodiscard]] bool is_quitting() const noexcept { return quitting_; }

    // failure: the client's words for how it ended, used where the relay had none.
    [[nodiscard]] Verdict verdict(std::string_view failure) const;

  private:
    // In the order in which they are reached; each is waiting for a reply, but text.
    enum class Step { connect, session, mail, recipient, data, text, dot };

    [[nodiscard]] static std::string_view word_for(Step step) noexcept;
    [[nodiscard]] Outcome outcome() const noexcept;

    Step step_ = Step::connect;
    bool quitting_ = false;
    std::string stopped_;

    std::size_t received_ = 0;
    std::string lines_;              // of the reply that is coming in
    std::string reply_;              // the last whole one
    int code_ = 0;                   // its code
    Step answered_ = Step::connect;  // what it answered
};

}  // namespace mail
