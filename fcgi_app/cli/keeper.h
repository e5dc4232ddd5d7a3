// The housekeeping of a worker, on a thread of its own: writes down which sessions were used and
// what was refused, and moves the WAL into the database file, unless another worker has done so
// just now. Every ten minutes it writes to the log how far the audit trail has come. Nothing that a
// visitor waits for.
//
// Life: the constructor starts it; it works once a second; the destructor works once more and
// joins, after at most a few seconds. A failure (full disk, gate not got) is tried again with
// the next turn and logged once until a turn succeeds; nothing is lost but the precision of "last
// seen".
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <thread>

#include "accounts/audit.h"
#include "accounts/refusals.h"
#include "accounts/session.h"
#include "store/checkpointer.h"
#include "store/database.h"

namespace cli {

class Keeper {
  public:
    Keeper(const std::filesystem::path& database, accounts::TouchQueue& touches,
           accounts::RefusalQueue& refusals);
    ~Keeper();
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;

    // Goes up with every turn; see fcgi::Acceptor::beats().
    [[nodiscard]] std::uint64_t beat() const noexcept { return beats_.load(); }

    // Whether this process cannot write any more although the disk can be written to again
    // (store::Database::is_stale). Another process can.
    [[nodiscard]] bool is_stale() const noexcept { return is_stale_.load(); }

  private:
    void run();
    void work();
    void anchor_audit();

    accounts::TouchQueue& touches_;
    accounts::RefusalQueue& refusals_;
    std::atomic<std::uint64_t> beats_{0};
    std::atomic<bool> is_stale_{false};
    std::mutex mutex_;
    std::condition_variable stop_asked_;
    bool stopping_ = false;  // guarded by mutex_

    // Only on the keeper's thread.
    store::Database database_;
    store::Checkpointer checkpointer_;
    bool in_trouble_ = false;
    std::uint64_t anchored_at_ = 0;  // beat
    accounts::AuditHead anchored_;

    std::thread thread_;  // last: it uses all of the above
};

}  // namespace cli
