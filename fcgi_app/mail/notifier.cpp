#include "mail/notifier.h"

#include <Poco/Notification.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include "base/log.h"
#include "base/metrics.h"
#include "base/secret.h"

namespace mail {
namespace {

using base::Level;
using base::Seconds;
using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

constexpr int longest_dialogue = 50;   // seconds
constexpr Seconds lease_reserve = 10;  // for writing what became of the mail
static_assert(2 * longest_dialogue < lease_seconds);

constexpr int dead_at_once = 200;  // mails that one transaction ends
constexpr milliseconds shortest_wait{200};
constexpr milliseconds pause_after_failure{2'000};
constexpr milliseconds pause_before_marking{250};  // the others take 2 s: marked before retaken

milliseconds with_jitter(milliseconds span) {
    return span + milliseconds(base::random_below(static_cast<std::uint32_t>(span.count() / 4)));
}

}  // namespace

Notifier::Notifier(std::filesystem::path database, const Settings& settings,
                   const Messages& messages, const base::Clock& clock)
    : file_(std::move(database)),
      settings_(settings),
      messages_(messages),
      clock_(clock),
      thread_("notifier"),
      relays_(settings, clock) {}

Notifier::~Notifier() {
    stop();
}

void Notifier::start() {
    const std::lock_guard lock(life_);
    if (started_ || stopping_) return;
    thread_.start(*this);
    started_ = true;
}

void Notifier::wake() noexcept {
    if (hinted_.exchange(true)) return;
    try {
        hints_.enqueueNotification(new Poco::Notification);
    } catch (...) {  // no memory for a hint: the table is looked at anyway
        hinted_ = false;
    }
}

void Notifier::stop() noexcept {
    stopping_ = true;
    hinted_ = false;
    wake();
    try {
        const std::lock_guard lock(life_);
        if (std::exchange(started_, false)) thread_.join();
    } catch (const std::exception& error) {
        base::log(Level::error, "notifier_stop_failed", {{"error", error.what()}});
    }
}

void Notifier::run() {
    pthread_setname_np(pthread_self(), "notifier");  // for top -H, strace and gdb
    while (!stopping_) {
        try {
            work();
        } catch (const std::exception& error) {
            base::log(Level::error, "notifier_failed", {{"error", error.what()}});
            database_.reset();
            relays_.say_goodbye();
            wait(unwritten_ ? pause_before_marking : with_jitter(pause_after_failure),
                 Hints::wait_too);
        }
    }
    relays_.say_goodbye();
    database_.reset();
}

void Notifier::work() {
    while (!stopping_ && step()) ++beats_;
    if (unwritten_) (void)turn_over(Take::none);
    relays_.say_goodbye();  // no relay is kept waiting for mail that may never come
    if (!stopping_) wait(time_to_next(), Hints::end_it);
}

void Notifier::wait(milliseconds span, Hints hints) {
    const Steady::time_point end = Steady::now() + span;
    while (!stopping_) {
        ++beats_;
        const auto rest = std::chrono::ceil<milliseconds>(end - Steady::now());
        if (rest.count() <= 0) return;
        const Poco::Notification::Ptr hint =
            hints_.waitDequeueNotification(static_cast<long>(rest.count()));
        if (hint.isNull()) continue;
        hinted_ = false;  // before the table is looked at, so that no later hint is lost
        if (hints == Hints::end_it) return;
    }
}

milliseconds Notifier::time_to_next() {
    const milliseconds longest = with_jitter(look_again);
    std::optional<Seconds> next = next_due_at(database());
    if (const auto back_at = relays_.back_at()) next = std::max(next.value_or(0), *back_at);
    if (!next) return longest;
    const Seconds span = std::clamp<Seconds>(*next - clock_.now(), 0, look_again.count() / 1'000);
    return std::clamp(milliseconds(span * 1'000), shortest_wait, longest);
}

bool Notifier::send_one() {
    const bool sent = step();
    if (unwritten_) (void)turn_over(Take::none);
    return sent;
}

bool Notifier::step() {
    const Seconds now = clock_.now();
    tidy(now);
    const std::optional<Leased> mail = turn_over(is_any_due(now) ? Take::next : Take::none);
    if (!mail) return false;
    unwritten_ = treat(*mail);
    return true;
}

store::Database& Notifier::database() {
    if (!database_) database_ = std::make_unique<store::Database>(file_);
    return *database_;
}

void Notifier::tidy(Seconds now) {
    while (has_dead(database(), now)) {
        store::Transaction transaction(database());
        const std::int64_t count = expire_dead(transaction, now, dead_at_once);
        transaction.commit();
        base::count(base::Count::mails_expired, static_cast<std::uint64_t>(count));
        base::log(Level::notice, "mail_expired", {{"mails", std::to_string(count)}});
    }
    if (is_out_of_schedule(database(), now)) {
        store::Transaction transaction(database());
        pull_in(transaction, now);
        transaction.commit();
        base::log(Level::warning, "mail_schedule_pulled_in");
    }
}

// Only reads: an empty queue, which is the usual one, keeps nobody from the write gate.
bool Notifier::is_any_due(Seconds now) {
    if (settings_.transport == Transport::relay && relays_.back_at()) return false;
    const std::optional<Seconds> next = next_due_at(database());
    return next && *next <= now;
}

// Rule 4.
std::optional<Leased> Notifier::turn_over(Take what) {
    if (what == Take::none && !unwritten_) return std::nullopt;
    const Seconds now = clock_.now();
    std::optional<State> state;
    std::optional<Leased> mail;
    store::Transaction transaction(database());
    if (unwritten_) state = write(transaction, *unwritten_, now);
    if (what == Take::next) {
        const Order order = ++turn_ % 4 == 0 ? Order::longest_due : Order::freshest;
        mail = take(transaction, order, now);
    }
    transaction.commit();
    if (unwritten_) tell(*unwritten_, state);
    unwritten_.reset();
    return mail;
}

Notifier::Result Notifier::treat(const Leased& mail) {
    if (mail.unanswered > max_unanswered) {
        return {mail, State::shelved, "given up: its sender stopped at each of the last attempts"};
    }
    if (says_nothing(mail.kind)) return {mail, State::discarded, ""};
    if (settings_.transport == Transport::hold) return {mail, State::accepted, "held"};
    try {
        return hand_over(mail);
    } catch (const store::Error&) {
        throw;
    } catch (const std::exception& error) {
        base::log(Level::error, "mail_failed",
                  {{"mail", std::to_string(mail.id)}, {"error", error.what()}});
        return {mail, State::due, one_line(error.what())};
    }
}

Notifier::Result Notifier::hand_over(const Leased& mail) {
    const base::Secret message = messages_.compose(mail);
    Verdict verdict =
        relays_.send({messages_.from().text(), mail.recipient.text(), message.reveal()},
                     mail.lease_ends - lease_reserve, terms_for(mail));
    switch (verdict.outcome) {
        case Outcome::accepted:
            return {mail, State::accepted, std::move(verdict.words)};
        case Outcome::refused:
            return {mail, State::shelved, std::move(verdict.words)};
        case Outcome::stopped:
            return {mail, State::due, std::move(verdict.words), true};
        case Outcome::try_later:
        case Outcome::unknown:
        case Outcome::relay_trouble:
            break;
    }
    return {mail, State::due, std::move(verdict.words)};
}

Terms Notifier::terms_for(const Leased& mail) {
    const int patience = std::min(longest_dialogue, settings_.dialogue_seconds);
    return {.patience = std::chrono::seconds(patience),
            .is_still_mine = [this, &mail] { return still_mine(database(), mail, clock_.now()); },
            .must_stop = [this](bool text_has_begun) { return must_stop(text_has_begun); }};
}

// Asked about once a second during a dialogue.
bool Notifier::must_stop(bool text_has_begun) {
    ++beats_;
    if (!stopping_) return false;
    if (!text_has_begun) return true;
    const Steady::time_point now = Steady::now();
    if (!stop_seen_) stop_seen_ = now;
    return now - *stop_seen_ > patience_at_stop;
}

// The state that the mail has now; nothing when its lease is another's.
std::optional<State> Notifier::write(store::Transaction& transaction, const Result& result,
                                     Seconds now) {
    const auto& [mail, state, reply, at_once] = result;
    if (state == State::due && !at_once) return put_back(transaction, mail, reply, now);
    const bool is_mine = state == State::due ? release(transaction, mail, reply, now)
                                             : finish(transaction, mail, state, reply, now);
    return is_mine ? std::optional(state) : std::nullopt;
}

void Notifier::tell(const Result& result, std::optional<State> state) {
    struct Row {
        State state;
        base::Count counter;
        Level level;
        std::string_view event;
    };
    constexpr std::array rows{
        Row{State::accepted, base::Count::mails_accepted, Level::info, "mail_accepted"},
        Row{State::shelved, base::Count::mails_shelved, Level::warning, "mail_shelved"},
        Row{State::due, base::Count::mails_retried, Level::notice, "mail_put_back"},
        Row{State::expired, base::Count::mails_expired, Level::notice, "mail_expired"},
        Row{State::discarded, base::Count::mails_discarded, Level::debug, "mail_discarded"},
    };
    constexpr Row lost{State::due, base::Count::mail_leases_lost, Level::warning,
                       "mail_lease_lost"};
    const auto found = std::find_if(rows.begin(), rows.end(),
                                    [state](const Row& row) { return row.state == state; });
    const Row& row = found == rows.end() ? lost : *found;
    base::count(row.counter);
    base::log(row.level, row.event,
              {{"mail", std::to_string(result.mail.id)},
               {"kind", word_for(result.mail.kind)},
               {"attempts", std::to_string(result.mail.attempts)},
               {"reply", result.reply}});
}

}  // namespace mail
