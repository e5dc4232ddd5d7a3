// The background thread that sends the mail: takes a row of the outbox, renders it, hands it to a
// relay, writes what became of it.
//
//  1. The table is the truth. wake() is a hint that saves waiting; without any hint the table is
//     looked at every few seconds, and mails of other processes are found that way too.
//  2. One dialogue at a time. As many workers as there are, so many mails are under way: that
//     bounds what a relay, and any one destination behind it, sees of us.
//  3. While all relays are in trouble (relays.h) nothing is taken, and after that the queue drains
//     in the outbox's order, one mail after the other.
//  4. What became of a mail is written in the commit that takes the next one: one sync a mail, for
//     which the visitors' commits have to wait. What could not be written (a full disk) is
//     remembered, and nothing is taken before it is.
//  5. No failure ends the thread. It is logged, then a pause; the storage is opened anew.
//
// Life
//   construct  any thread. Opens nothing and fails at nothing.
//   start      once. Starts the thread.
//   wake       any thread, any time, also before start and after stop; costs nothing; many calls
//              are one hint.
//   stop       any thread, any number of times. A dialogue that has not come to the mail's text is
//              broken off and the mail is due again at once; one that has may go on for
//              patience_at_stop. Returns when the thread has ended. No start after it.
//   destroy    stops.
// Between start and stop nothing but wake, beats and stop may be called.
#pragma once

#include <Poco/NotificationQueue.h>
#include <Poco/Runnable.h>
#include <Poco/Thread.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "mail/messages.h"
#include "mail/outbox.h"
#include "mail/relays.h"
#include "mail/settings.h"
#include "store/database.h"

namespace mail {

class Notifier final : private Poco::Runnable {
  public:
    static constexpr std::chrono::seconds patience_at_stop{10};
    static constexpr std::chrono::milliseconds look_again{4'000};  // and up to a quarter more

    // Keeps references to settings, messages and clock.
    Notifier(std::filesystem::path database, const Settings& settings, const Messages& messages,
             const base::Clock& clock);
    ~Notifier() override;
    Notifier(const Notifier&) = delete;
    Notifier& operator=(const Notifier&) = delete;

    void start();
    void wake() noexcept;
    void stop() noexcept;

    // Grows at least every ten seconds while the thread lives; for the watchdog.
    [[nodiscard]] std::uint64_t beats() const noexcept { return beats_.load(); }

    // One step, for tests and instead of start(): false when nothing is due or all relays are in
    // trouble. What became of the mail is written when it returns. Throws store::Error.
    bool send_one();

  private:
    struct Result {
        Leased mail;
        State state;  // due: to be put back
        std::string reply;
        bool at_once = false;  // of state due: without the delay of a failure
    };

    void run() override;
    void work();
    enum class Hints { end_it, wait_too };
    void wait(std::chrono::milliseconds span, Hints hints);
    [[nodiscard]] std::chrono::milliseconds time_to_next();

    store::Database& database();
    void tidy(base::Seconds now);
    bool step();
    [[nodiscard]] bool is_any_due(base::Seconds now);
    enum class Take { next, none };
    [[nodiscard]] std::optional<Leased> turn_over(Take take);
    [[nodiscard]] Result treat(const Leased& mail);
    [[nodiscard]] Result hand_over(const Leased& mail);
    [[nodiscard]] Terms terms_for(const Leased& mail);
    [[nodiscard]] bool must_stop(bool text_has_begun);
    std::optional<State> write(store::Transaction& transaction, const Result& result,
                               base::Seconds now);
    void tell(const Result& result, std::optional<State> state);

    // Constant after construction.
    const std::filesystem::path file_;
    const Settings& settings_;
    const Messages& messages_;
    const base::Clock& clock_;

    // Any thread.
    Poco::NotificationQueue hints_;
    std::atomic<bool> hinted_{false};
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint64_t> beats_{0};
    std::mutex life_;  // guards started_ and the join
    bool started_ = false;
    Poco::Thread thread_;

    // Only on the notifier's thread (or the caller of send_one).
    std::unique_ptr<store::Database> database_;
    Relays relays_;
    std::optional<Result> unwritten_;  // rule 4
    std::uint64_t turn_ = 0;
    std::optional<std::chrono::steady_clock::time_point> stop_seen_;
};

}  // namespace mail
