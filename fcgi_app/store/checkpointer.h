// Moves the WAL's pages into the database file, under the write gate and at no other time.
#pragma once

#include <chrono>
#include <cstdint>

#include "store/database.h"

namespace store {

class Checkpointer {
  public:
    explicit Checkpointer(Database& database, std::int64_t too_large = 256 << 20)
        : database_(database), too_large_(too_large) {}

    // Checkpoints (PASSIVE; TRUNCATE when the WAL has more than `too_large` bytes) when the WAL
    // holds at least that many pages. Gives whether it did. Throws Error.
    bool run(int at_least_pages = 1'000);

    // Whether anybody has moved pages into the file in that time.
    [[nodiscard]] bool was_done_within(std::chrono::milliseconds span) const noexcept;

  private:
    Database& database_;
    const std::int64_t too_large_;
};

}  // namespace store
