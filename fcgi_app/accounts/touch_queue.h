// That sessions were used, noted by the threads of a worker and written by its keeper thread, so
// that no request waits for a write.
//
// A session is noted once between two flushes, however often it is used. What is lost with a worker
// shortens an idle span by minutes.
#pragma once

#include <cstddef>
#include <cstring>
#include <mutex>
#include <unordered_map>

#include "base/clock.h"
#include "base/secret.h"
#include "store/database.h"

namespace accounts {

class TouchQueue {
  public:
    static constexpr std::size_t capacity = 100'000;        // sessions
    static constexpr std::size_t rows_a_transaction = 500;  // so that no other writer waits long

    // Any thread; never blocks on I/O. Full: forgets, the next use notes it again.
    void note(const base::Hash& key, base::Seconds now);

    // Writes what was noted. On the keeper thread. Throws store::Error; what was not written is
    // then kept for the next try.
    void flush(store::Database& database);

  private:
    // The keys are SHA-256 sums: their first bytes are as good a hash as any.
    struct FirstBytes {
        std::size_t operator()(const base::Hash& key) const noexcept {
            std::size_t bytes = 0;
            std::memcpy(&bytes, key.data(), sizeof bytes);
            return bytes;
        }
    };
    using Noted = std::unordered_map<base::Hash, base::Seconds, FirstBytes>;

    std::mutex mutex_;
    Noted noted_;  // guarded by mutex_
};

}  // namespace accounts
