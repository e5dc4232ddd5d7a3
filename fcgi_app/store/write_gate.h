// The one door through which every writer of every process goes: an flock(2) on "<database>-gate".
//
// Why not leave it to SQLite: its busy wait polls, so a writer that comes back at once overtakes
// all who sleep. flock queues its waiters in order and lets go when its holder dies, however it
// dies.
//
// One gate a Database, so one a thread: the lock belongs to the open file description.
#pragma once

#include <filesystem>

namespace store {

class WriteGate {
  public:
    explicit WriteGate(const std::filesystem::path& database_file);  // throws Error
    ~WriteGate();
    WriteGate(const WriteGate&) = delete;
    WriteGate& operator=(const WriteGate&) = delete;

    // Waits in the queue. Throws Error with is_busy() after the time-out: a holder that is frozen
    // must not freeze everybody.
    void enter(int timeout_ms);
    void leave() noexcept;

  private:
    int descriptor_ = -1;
};

}  // namespace store
