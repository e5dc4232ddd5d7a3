#include "store/checkpointer.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/descriptor.h"

namespace store {

namespace {

constexpr int wait_for_readers_ms = 100;  // with the gate held: everybody else waits too

// The WAL as https://sqlite.org/fileformat.html describes it, "The Write-Ahead Log": a header, then
// frames of a frame header and a page. A frame belongs to the log's present content when its two
// salts are those of the header; what stands behind is left over from before.
constexpr std::size_t header_size = 32;
constexpr std::size_t frame_header_size = 24;
constexpr off_t page_size_at = 8;
constexpr off_t salts_at = 16;
constexpr off_t frame_salts_at = 8;
using Salts = std::array<unsigned char, 8>;

class Wal {
  public:
    explicit Wal(const std::string& file)
        : descriptor_(::open(file.c_str(), O_RDONLY | O_CLOEXEC)) {}

    [[nodiscard]] bool holds(int pages) const {
        std::array<unsigned char, 4> size{};  // big-endian
        Salts salts{};
        Salts frame{};
        if (!get(size, page_size_at) || !get(salts, salts_at)) return false;
        const off_t page = off_t{size[0]} << 24 | size[1] << 16 | size[2] << 8 | size[3];
        const off_t before = std::max(pages, 1) - 1;
        const off_t start = off_t{header_size} + before * (off_t{frame_header_size} + page);
        return get(frame, start + frame_salts_at) && frame == salts;
    }
    [[nodiscard]] bool is_larger_than(std::int64_t bytes) const {
        std::array<unsigned char, 1> next{};
        return get(next, bytes);
    }

  private:
    template <std::size_t Size>
    bool get(std::array<unsigned char, Size>& bytes, off_t offset) const {
        return pread(descriptor_, bytes.data(), Size, offset) == ssize_t{Size};
    }
    base::Descriptor descriptor_;
};

}  // namespace

// In WAL mode nothing else writes to the file. A time ahead of now was stamped before the clock was
// set back.
bool Checkpointer::was_done_within(std::chrono::milliseconds span) const noexcept {
    struct stat status {};
    if (stat(database_.file().c_str(), &status) != 0) return false;
    const auto moved = std::chrono::seconds(status.st_mtim.tv_sec) +
                       std::chrono::nanoseconds(status.st_mtim.tv_nsec);
    const auto past = std::chrono::system_clock::now().time_since_epoch() - moved;
    return past >= past.zero() && past < span;
}

bool Checkpointer::run(int at_least_pages) {
    const Wal wal(database_.file().string() + "-wal");
    if (!wal.holds(at_least_pages)) return false;
    database_.must_be_idle("a checkpoint of a Database began");
    const WriteGate::Pass pass(database_.gate_, database_.options_.gate_timeout_ms);
    if (!wal.holds(at_least_pages)) return false;  // somebody else has done it meanwhile
    sqlite3* const handle = database_.handle_.get();
    const int mode =
        wal.is_larger_than(too_large_) ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    sqlite3_busy_timeout(handle, wait_for_readers_ms);
    const int result = sqlite3_wal_checkpoint_v2(handle, "main", mode, nullptr, nullptr);
    sqlite3_busy_timeout(handle, database_.options_.busy_timeout_ms);
    if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY) database_.fail("store.checkpoint");
    return result == SQLITE_OK;
}

}  // namespace store
