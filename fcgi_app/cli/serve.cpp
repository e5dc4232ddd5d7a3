#include "cli/serve.h"

#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "accounts/domain.h"
#include "base/clock.h"
#include "base/keys.h"
#include "base/log.h"
#include "base/systemd.h"
#include "cli/keeper.h"
#include "cli/watchdog.h"
#include "fcgi/acceptor.h"
#include "mail/held.h"
#include "mail/messages.h"
#include "mail/notifier.h"
#include "store/database.h"
#include "store/migrations.h"
#include "web/site.h"

namespace cli {
namespace {

using std::chrono::steady_clock;

// Hashing takes whole milliseconds of a core; whoever only asks for a session goes first.
constexpr int hashing_niceness = 10;

// What one request thread works with. Made by the main thread, used by its own alone.
struct Desk {
    Desk(const postern::Config& config, const base::Clock& clock, const base::Keys& keys,
         accounts::TouchQueue& touches)
        : database(config.database), domain{database, clock, keys, config.accounts, touches} {}

    store::Database database;
    accounts::Domain domain;
};

// A lane with its threads' desks; goes down before anything that a request uses.
class Lane {
  public:
    Lane(const fcgi::LaneSettings& settings, const web::Site& site,
         std::vector<std::unique_ptr<Desk>> desks)
        : desks_(std::move(desks)),
          acceptor_(settings, [this, &site](const http::Request& request, int thread) {
              return site.answer(request, desks_[static_cast<std::size_t>(thread)]->domain);
          }) {}

    fcgi::Acceptor& acceptor() noexcept { return acceptor_; }

  private:
    const std::vector<std::unique_ptr<Desk>> desks_;
    fcgi::Acceptor acceptor_;
};

// Threads inherit the mask, so that every signal waits for the main thread.
sigset_t block_signals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    return all;
}

int listener_named(const std::vector<base::ListeningSocket>& sockets, const std::string& name) {
    for (const base::ListeningSocket& socket : sockets) {
        if (socket.name == name) return socket.descriptor;
    }
    throw std::runtime_error(
        "no listening socket named \"" + name +
        "\": `postern serve` is started by systemd (postern.socket) or by script/pool");
}

void watch(Watchdog& watchdog, const std::string& lane, const fcgi::Acceptor& acceptor) {
    for (std::size_t thread = 0; thread < acceptor.beats().size(); ++thread) {
        watchdog.watch(lane + " thread " + std::to_string(thread),
                       [&acceptor, thread] { return acceptor.beats()[thread]; });
    }
}

void feed(Watchdog& watchdog) {
    const auto hanging = watchdog.standing_still(steady_clock::now());
    if (hanging.empty()) return base::notify_alive();
    base::log(base::Level::error, "thread_hangs", {{"thread", hanging.front()}});
}

// Returns when the worker is to stop.
void wait_for_the_end(const sigset_t& signals, Watchdog& watchdog) {
    const timespec second{1, 0};
    for (;;) {
        const int signal = sigtimedwait(&signals, nullptr, &second);
        if (signal == SIGTERM || signal == SIGINT) return;
        feed(watchdog);
    }
}

// The watchdog is fed while requests in flight are finished.
void drain(std::vector<fcgi::Acceptor*> acceptors, Watchdog& watchdog) {
    for (fcgi::Acceptor* acceptor : acceptors) acceptor->stop();
    for (fcgi::Acceptor* acceptor : acceptors) {
        while (!acceptor->join_for(std::chrono::seconds(1))) feed(watchdog);
    }
}

}  // namespace

int serve(const postern::Config& config) {
    const sigset_t signals = block_signals();
    fcgi::start_library();
    const auto sockets = base::inherited_sockets();
    const int quick_listener = listener_named(sockets, "quick");
    const int hashing_listener = listener_named(sockets, "hashing");

    const base::SystemClock clock;
    const base::Keys keys = base::Keys::load(config.key_file);
    store::migrate(config.database);
    const mail::Messages messages(config.mail, config.web.addresses, keys);

    mail::Notifier notifier(config.database, config.mail, messages, clock);
    accounts::TouchQueue touches;
    Keeper keeper(config.database, touches);

    web::Services services;
    services.wake_notifier = [&notifier] { notifier.wake(); };
    if (config.mail.transport == mail::Transport::hold) {
        services.held_mails = [&messages](store::Database& database) {
            std::vector<web::HeldMail> shown;
            for (mail::Held& held : mail::held_mails(database, messages)) {
                shown.push_back({std::to_string(held.id), held.created_at, held.recipient,
                                 held.subject, held.text, held.link});
            }
            return shown;
        };
    }
    const web::Site site(config.web, std::move(services));

    const auto desks = [&](int threads) {
        std::vector<std::unique_ptr<Desk>> made;
        for (int i = 0; i < threads; ++i) {
            made.push_back(std::make_unique<Desk>(config, clock, keys, touches));
        }
        return made;
    };
    fcgi::LaneSettings quick_settings;
    quick_settings.lane = http::Lane::quick;
    quick_settings.listener = quick_listener;
    quick_settings.threads = config.quick_threads;
    fcgi::LaneSettings hashing_settings;
    hashing_settings.lane = http::Lane::hashing;
    hashing_settings.listener = hashing_listener;
    hashing_settings.threads = config.hashing_threads;
    hashing_settings.niceness = hashing_niceness;
    Lane quick(quick_settings, site, desks(config.quick_threads));
    Lane hashing(hashing_settings, site, desks(config.hashing_threads));

    Watchdog watchdog(base::watchdog_interval());
    watch(watchdog, "quick", quick.acceptor());
    watch(watchdog, "hashing", hashing.acceptor());
    watchdog.watch("notifier", [&notifier] { return notifier.beats(); });
    watchdog.watch("keeper", [&keeper] { return keeper.beat(); });

    notifier.start();
    base::log(base::Level::info, "worker_ready");
    base::notify_ready();
    wait_for_the_end(signals, watchdog);

    base::notify_stopping();
    base::log(base::Level::info, "worker_drains");
    drain({&quick.acceptor(), &hashing.acceptor()}, watchdog);
    base::log(base::Level::info, "worker_ends");
    return 0;
}

}  // namespace cli
