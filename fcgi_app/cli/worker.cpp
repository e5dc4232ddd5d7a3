#include "cli/worker.h"

#include <optional>
#include <utility>

#include "accounts/domain.h"
#include "accounts/pace.h"
#include "accounts/refusals.h"
#include "base/clock.h"
#include "base/keys.h"
#include "cli/keeper.h"
#include "cli/metrics_page.h"
#include "fcgi/acceptor.h"
#include "mail/held.h"
#include "mail/messages.h"
#include "mail/notifier.h"
#include "store/database.h"
#include "store/migrations.h"
#include "web/site.h"

namespace cli {
namespace {

// Hashing takes whole milliseconds of a core; whoever only asks for a session goes first.
constexpr int hashing_niceness = 10;

// They sleep while the writer commits; how many there are is how many share a commit.
constexpr int changing_threads = 16;

// Those who look up sessions all day keep the inner pages of the tables.
constexpr int large_cache_kib = 2'048;
constexpr int small_cache_kib = 256;

// Another number when fcgi::Line has another layout: two versions may serve side by side.
constexpr const char* line_file = "quick-line-1";

// What one request thread works with. Made by the main thread, used by its own alone.
struct Desk {
    Desk(const postern::Config& config, int cache_kib, store::Writer& writer,
         const base::Clock& clock, const base::Keys& keys, accounts::TouchQueue& touches,
         accounts::RefusalQueue& refusals, accounts::Pace& pace)
        : database(config.database, {.cache_kib = cache_kib}), domain{database,        writer,
                                                                      clock,           keys,
                                                                      config.accounts, touches,
                                                                      refusals,        pace} {}

    store::Database database;
    accounts::Domain domain;
    std::optional<store::View> view;  // of a turn
};

// A lane with its threads' desks; goes down before anything that a request uses.
class Lane {
  public:
    Lane(fcgi::LaneSettings settings, const web::Site& site,
         std::vector<std::unique_ptr<Desk>> desks)
        : desks_(std::move(desks)),
          acceptor_(with_views(std::move(settings)),
                    [this, &site](const http::Request& request, int thread) {
                        return site.answer(request, desk(thread).domain);
                    }) {}

    fcgi::Acceptor& acceptor() noexcept { return acceptor_; }

  private:
    // Loops that change nothing themselves look at the data once a turn: a session that was ended
    // before somebody asked is over for him, because his request came before the view.
    fcgi::LaneSettings with_views(fcgi::LaneSettings settings) {
        if (settings.changing_threads == 0) return settings;
        settings.turn_begins = [this](int thread) {
            desk(thread).view.emplace(desk(thread).database);
        };
        settings.turn_ends = [this](int thread) { desk(thread).view.reset(); };
        return settings;
    }

    Desk& desk(int thread) const { return *desks_[static_cast<std::size_t>(thread)]; }

    const std::vector<std::unique_ptr<Desk>> desks_;
    fcgi::Acceptor acceptor_;
};

fcgi::LaneSettings quick_lane(const postern::Config& config, const Listeners& listeners) {
    return {.lane = http::Lane::quick,
            .listener = listeners.quick,
            .line = listeners.directory / line_file,
            .threads = config.quick_threads,
            .changing_threads = changing_threads};
}

fcgi::LaneSettings hashing_lane(const postern::Config& config, int listener) {
    return {.lane = http::Lane::hashing,
            .listener = listener,
            .threads = config.hashing_threads,
            .niceness = hashing_niceness};
}

std::vector<web::HeldMail> shown_mails(store::Database& database, const mail::Messages& messages) {
    std::vector<web::HeldMail> shown;
    for (mail::Held& held : mail::held_mails(database, messages)) {
        shown.push_back({std::to_string(held.id), held.created_at, held.recipient, held.subject,
                         held.text, held.link});
    }
    return shown;
}

// With a bad key nothing is migrated.
base::Keys load_keys_and_migrate(const postern::Config& config) {
    base::Keys keys = base::Keys::load(config.key_file);
    store::migrate(config.database);
    return keys;
}

void watch(Watchdog& watchdog, const std::string& lane, const fcgi::Acceptor& acceptor) {
    for (std::size_t thread = 0; thread < acceptor.beats().size(); ++thread) {
        watchdog.watch(lane + " thread " + std::to_string(thread),
                       [&acceptor, thread] { return acceptor.beats()[thread]; });
    }
}

}  // namespace

// In the order in which each needs the ones above it; they go down in the opposite order.
struct Worker::Parts {
    Parts(postern::Config given, const Listeners& listeners)
        : config(std::move(given)),
          keys(load_keys_and_migrate(config)),
          messages(config.mail, config.web.addresses, keys),
          notifier(config.database, config.mail, messages, clock),
          writer(config.database),
          pace(config.accounts.password),
          keeper(config.database, touches, refusals),
          site(config.web, services()),
          quick(quick_lane(config, listeners), site,
                desks({{config.quick_threads, large_cache_kib},
                       {changing_threads, small_cache_kib}})),
          hashing(hashing_lane(config, listeners.hashing), site,
                  desks({{config.hashing_threads, small_cache_kib}})) {
        watch(watchdog, "quick", quick.acceptor());
        watch(watchdog, "hashing", hashing.acceptor());
        watchdog.watch("notifier", [this] { return notifier.beats(); });
        watchdog.watch("writer", [this] { return writer.beats(); });
        watchdog.watch("keeper", [this] { return keeper.beat(); });
        notifier.start();
    }

    web::Services services() {
        web::Services made;
        made.wake_notifier = [this] { notifier.wake(); };
        if (config.mail.transport == mail::Transport::hold) {
            made.held_mails = [this](store::Database& database) {
                return shown_mails(database, messages);
            };
        }
        made.metrics = [this](store::Database& database) { return metrics_page(database, clock); };
        return made;
    }

    struct Row {
        int desks;
        int cache_kib;
    };
    std::vector<std::unique_ptr<Desk>> desks(std::initializer_list<Row> rows) {
        std::vector<std::unique_ptr<Desk>> made;
        for (const auto& [count, cache_kib] : rows) {
            for (int i = 0; i < count; ++i) {
                made.push_back(std::make_unique<Desk>(config, cache_kib, writer, clock, keys,
                                                      touches, refusals, pace));
            }
        }
        return made;
    }

    const postern::Config config;
    const base::SystemClock clock;
    const base::Keys keys;
    const mail::Messages messages;
    mail::Notifier notifier;
    accounts::TouchQueue touches;
    accounts::RefusalQueue refusals{config.accounts.throttle};
    store::Writer writer;
    accounts::Pace pace;
    Keeper keeper;
    const web::Site site;
    Lane quick;
    Lane hashing;
    Watchdog watchdog;
};

Worker::Worker(postern::Config config, const Listeners& listeners)
    : parts_(std::make_unique<Parts>(std::move(config), listeners)) {}

Worker::~Worker() = default;

std::vector<std::string> Worker::standing_still(Watchdog::Moment now) {
    return parts_->watchdog.standing_still(now);
}

bool Worker::is_stale() const noexcept {
    return parts_->keeper.is_stale();
}

void Worker::drain() noexcept {
    parts_->quick.acceptor().stop();
    parts_->hashing.acceptor().stop();
}

bool Worker::drained_within(std::chrono::milliseconds patience) {
    return parts_->quick.acceptor().join_for(patience) &&
           parts_->hashing.acceptor().join_for(patience);
}

}  // namespace cli
