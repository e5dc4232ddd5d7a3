#include "cli/serve.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/journal.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/systemd.h"
#include "cli/worker.h"
#include "config.h"
#include "fcgi/acceptor.h"

namespace cli {
namespace {

// Threads inherit the mask, so that every signal waits for the main thread.
sigset_t block_signals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    return all;
}

// No core file, and no look into the memory by another process of this user: passwords and keys are
// in it.
void keep_memory_private() {
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

int listener_named(const std::vector<base::ListeningSocket>& sockets, const std::string& name) {
    for (const base::ListeningSocket& socket : sockets) {
        if (socket.name == name) return socket.descriptor;
    }
    throw std::runtime_error(
        "no listening socket \"" + name +
        ".sock\": `postern serve` is started by systemd (postern.socket) or by script/pool");
}

// A worker that cannot share what it counts serves all the same.
void share_counts(const std::filesystem::path& directory) {
    try {
        base::share_counts(directory);
    } catch (const std::system_error& error) {
        base::log(base::Level::warning, "metrics_not_shared", {{"what", error.what()}});
    }
}

void feed(Worker& worker) {
    const auto hanging = worker.standing_still(std::chrono::steady_clock::now());
    if (hanging.empty()) return base::notify_alive();
    base::log(base::Level::error, "thread_hangs", {{"thread", hanging.front()}});
}

// The watchdog is fed while requests in flight are finished.
void drain(Worker& worker) {
    worker.drain();
    while (!worker.drained_within(std::chrono::seconds(1))) feed(worker);
}

postern::Config read_config(const std::filesystem::path& file) {
    return postern::load_config(file, postern::Secrets::required);
}

std::unique_ptr<Worker> start(postern::Config config, const Listeners& listeners) {
    const base::Level level = config.log_level;
    auto worker = std::make_unique<Worker>(std::move(config), listeners);
    base::set_log_level(level);
    return worker;
}

void reload(std::unique_ptr<Worker>& worker, const std::filesystem::path& file,
            const Listeners& listeners) {
    base::notify_reloading();
    try {
        auto next = start(read_config(file), listeners);
        drain(*worker);
        worker = std::move(next);
        base::log(base::Level::notice, "worker_reloaded");
        base::notify_status("serving");
    } catch (const std::exception& error) {
        base::log(base::Level::error, "reload_refused", {{"what", error.what()}});
        base::notify_status("serving with the configuration from before: the new one is bad");
    }
    base::notify_ready();
}

// Gives the signal, or 0 after a second.
int next_signal(const sigset_t& signals) {
    const timespec second{1, 0};
    return std::max(0, sigtimedwait(&signals, nullptr, &second));
}

}  // namespace

int serve(const std::filesystem::path& file) {
    keep_memory_private();
    auto config = read_config(file);
    const sigset_t signals = block_signals();
    base::open_journal(base::journal_socket);
    fcgi::start_library();
    const auto sockets = base::inherited_sockets();
    const Listeners listeners{listener_named(sockets, "quick"), listener_named(sockets, "hashing"),
                              sockets.front().path.parent_path()};
    share_counts(listeners.directory);
    auto worker = start(std::move(config), listeners);
    base::log(base::Level::info, "worker_ready");
    base::notify_ready();

    for (int signal = 0; signal != SIGTERM && signal != SIGINT; signal = next_signal(signals)) {
        if (signal == SIGHUP) reload(worker, file, listeners);
        feed(*worker);
        if (worker->is_stale()) {
            base::log(base::Level::notice, "worker_is_stale", {{"next", "a new one"}});
            break;
        }
    }

    base::notify_stopping();
    base::log(base::Level::info, "worker_drains");
    drain(*worker);
    worker.reset();
    base::log(base::Level::info, "worker_ends");
    return 0;
}

}  // namespace cli
