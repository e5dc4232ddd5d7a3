#include "cli/keeper.h"

#include <pthread.h>

#include <chrono>

#include "base/log.h"
#include "base/secret.h"

namespace cli {
namespace {

// A checkpoint stands in the way of every writer, and the longer the more has been written since
// the last one: with one a second a site at its limit stood still for 50 ms each time.
constexpr std::chrono::milliseconds a_turn{200};
constexpr int turns_a_flush = 5;
constexpr std::uint64_t turns_between_anchors = 3'000;

}  // namespace

Keeper::Keeper(const std::filesystem::path& database, accounts::TouchQueue& touches)
    : touches_(touches),
      database_(database),
      checkpointer_(database_),
      thread_(&Keeper::run, this) {}

Keeper::~Keeper() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    stop_asked_.notify_one();
    thread_.join();
}

void Keeper::run() {
    pthread_setname_np(pthread_self(), "keeper");
    std::unique_lock lock(mutex_);
    const auto asked = [this] { return stopping_; };
    for (int turn = 0; !stop_asked_.wait_for(lock, a_turn, asked); ++turn) {
        lock.unlock();
        work(turn % turns_a_flush == 0);
        lock.lock();
    }
    work(true);
}

void Keeper::work(bool with_touches) {
    beats_.fetch_add(1);
    is_stale_ = database_.is_stale();
    try {
        if (with_touches) touches_.flush(database_);
        checkpointer_.run();
        anchor_audit();
        in_trouble_ = false;
    } catch (const store::Error& error) {
        if (!in_trouble_)
            base::log(base::Level::warning, "keeper_failed", {{"what", error.what()}});
        in_trouble_ = true;
    }
}

// Whoever writes the trail anew cannot write the journal anew.
void Keeper::anchor_audit() {
    if (beats_.load() - anchored_at_ < turns_between_anchors && anchored_at_ != 0) return;
    anchored_at_ = beats_.load();
    const accounts::AuditHead head = accounts::audit_head(database_);
    if (head == anchored_) return;
    anchored_ = head;
    base::log(
        base::Level::notice, "audit_head",
        {{"id", std::to_string(head.id)}, {"hash", base::base64url(base::bytes_of(head.hash))}});
}

}  // namespace cli
