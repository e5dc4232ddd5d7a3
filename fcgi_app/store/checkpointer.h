// Moves the WAL's pages into the database file, under the write gate and at no other time.
#pragma once

#include "store/database.h"

namespace store {

class Checkpointer {
  public:
    explicit Checkpointer(Database& database) : database_(database) {}

    // Checkpoints (PASSIVE; TRUNCATE when the WAL is over 64 MiB) when the WAL holds at least that
    // many pages. Gives whether it did. Throws Error.
    bool run(int at_least_pages = 1'000);

  private:
    Database& database_;
};

}  // namespace store
