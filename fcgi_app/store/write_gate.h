// The one door through which every writer of every process goes: an flock(2) on "<database>-gate".
//
// Why not leave it to SQLite: its busy wait polls, so a writer that comes back at once overtakes
// all who sleep. flock queues its waiters and lets go when its holder dies, however it dies.
//
//  1. One who has just left and comes right back would still be faster than the waiter who is being
//     woken: on a busy machine one of four writers got a hundredth of the turns and waited 750 ms.
//     So only one waits at the door, and the others wait for that place (an OFD lock on the same
//     file, fcntl(2)). Then all had equal turns and waited 25 ms at most.
//  2. Neither lock knows a time-out. Asking again and again without waiting would leave the queue,
//     so a timer interrupts the wait by a signal: SIGRTMIN + 3, to the waiting thread alone, let
//     through during the wait only. So no other system call of a thread that blocks its signals is
//     interrupted.
//
// One gate a Database, so one a thread: the lock belongs to the open file description.
#pragma once

#include <chrono>
#include <filesystem>

#include "base/descriptor.h"

namespace store {

class WriteGate {
  public:
    // The file is made on the first entry: who only reads needs none.
    explicit WriteGate(const std::filesystem::path& database_file);
    WriteGate(const WriteGate&) = delete;
    WriteGate& operator=(const WriteGate&) = delete;

    // Waits in the queue. Throws Error with is_busy() after the time-out: a holder that is frozen
    // must not freeze everybody.
    void enter(int timeout_ms);
    void leave() noexcept;

    // Inside for as long as it lives.
    class Pass {
      public:
        Pass(WriteGate& gate, int timeout_ms) : gate_(gate) { gate_.enter(timeout_ms); }
        ~Pass() { gate_.leave(); }
        Pass(const Pass&) = delete;
        Pass& operator=(const Pass&) = delete;

      private:
        WriteGate& gate_;
    };

  private:
    void open();
    [[nodiscard]] bool got_in(std::chrono::steady_clock::time_point deadline) const;
    [[nodiscard]] bool is_the_file() const noexcept;  // false when it was removed or replaced

    std::filesystem::path file_;
    std::filesystem::path database_file_;
    base::Descriptor descriptor_;
};

}  // namespace store
