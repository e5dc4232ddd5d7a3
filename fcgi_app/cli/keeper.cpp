#include "cli/keeper.h"

#include <pthread.h>

#include <chrono>

#include "base/log.h"
#include "base/secret.h"

namespace cli {
namespace {

constexpr std::chrono::seconds a_turn{1};
constexpr std::uint64_t turns_between_anchors = 600;

// A checkpoint stands in the way of every writer, some 10 to 50 ms on a busy site. One a second of
// all workers together is in the way of fewer than one write in a hundred.
constexpr std::chrono::milliseconds pause{900};

}  // namespace

Keeper::Keeper(const std::filesystem::path& database, accounts::TouchQueue& touches,
               accounts::RefusalQueue& refusals)
    : touches_(touches),
      refusals_(refusals),
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
    while (!stop_asked_.wait_for(lock, a_turn, asked)) {
        lock.unlock();
        work();
        lock.lock();
    }
    work();
}

void Keeper::work() {
    beats_.fetch_add(1);
    is_stale_ = database_.is_stale();
    try {
        touches_.flush(database_);
        refusals_.flush(database_);
        if (!checkpointer_.was_done_within(pause)) checkpointer_.run();
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
