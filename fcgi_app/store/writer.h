// The one thread of a process that writes for its visitors. Those who come at the same time share a
// transaction and its sync.
//
//  1. A sync takes longer than everything else in a commit, and with one each the thirty-second of
//     32 visitors waits for 32 of them. So whoever asks while the writer waits at the gate or
//     commits is in the next group, and the group has one COMMIT.
//  2. Each one's work has a savepoint: what one does wrong takes back nothing of another's. Only
//     when the group cannot be committed (a full disk, say) does everybody in it fail, and nothing
//     of any of them is stored.
//  3. run() returns after the COMMIT: what was acknowledged is on the disk.
//  4. A thread of its own, because one of the askers would do it with his own priority, and
//     a hashing thread (a low one) would make everybody wait.
//
// Work that takes long or belongs together (an expiry, a migration) has a Transaction of its own.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "store/database.h"

namespace store {

class Writer {
  public:
    // Opens the file and starts the thread, which takes no signals. Throws Error.
    explicit Writer(const std::filesystem::path& file, Database::Options options = {});
    ~Writer();  // nobody may be in run()
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    // Does `work(transaction)` on the writer's thread and gives its result once that is on the
    // disk. Throws what `work` threw, whose writes are then taken back, or Error; nothing of it was
    // stored then. `work` must use no Database of its asker's, must not commit, and lets its Rows
    // go. Any thread, but not from within `work`.
    template <typename Work>
    auto run(const Work& work) {
        using Result = std::invoke_result_t<const Work&, Transaction&>;
        if constexpr (std::is_void_v<Result>) {
            wait_for(work);
        } else {
            std::optional<Result> result;
            wait_for([&](Transaction& transaction) { result.emplace(work(transaction)); });
            return *std::move(result);
        }
    }

    // Goes up at least once a second, unless the thread hangs; see fcgi::Acceptor::beats().
    [[nodiscard]] std::uint64_t beats() const noexcept { return beats_.load(); }

  private:
    struct Job;
    using Jobs = std::vector<Job*>;
    void wait_for(const std::function<void(Transaction&)>& work);
    void serve();
    void write_group();
    [[nodiscard]] Jobs take_waiting();
    void finish(const Jobs& jobs);

    Database database_;  // only on the thread
    std::atomic<std::uint64_t> beats_{0};
    std::mutex mutex_;
    std::condition_variable asked_;
    Jobs waiting_;           // guarded by mutex_
    bool stopping_ = false;  // guarded by mutex_
    std::thread thread_;     // last: it uses all of the above
};

}  // namespace store
