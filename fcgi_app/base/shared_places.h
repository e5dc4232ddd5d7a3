// A file in memory that processes share: a row of places, of which each who opens it takes one.
//
//  1. A place is taken by a lock on its byte (an OFD lock, fcntl(2)), which belongs to the object
//     and dies with its process, however that ends.
//  2. What stands in a place stays for its next taker. Whoever wants to begin anew says so.
//  3. Two objects of one process are two takers.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "base/descriptor.h"

namespace base {

class SharedFile {
  public:
    static constexpr std::size_t place_count = 128;

    // Makes the file where there is none, filled with zeros; only its owner may open it. Throws
    // std::system_error: no right, no room, no free place (EUSERS).
    SharedFile(const std::filesystem::path& file, std::size_t place_bytes);
    ~SharedFile();
    SharedFile(const SharedFile&) = delete;
    SharedFile& operator=(const SharedFile&) = delete;

    [[nodiscard]] void* memory() const noexcept { return memory_; }
    [[nodiscard]] std::size_t own_number() const noexcept { return own_number_; }
    [[nodiscard]] bool is_taken(std::size_t number) const noexcept;  // by anybody; a system call

  private:
    const std::size_t bytes_;
    Descriptor descriptor_;
    void* memory_ = nullptr;
    std::size_t own_number_ = 0;
};

// `Place` is made of lock-free atomics, and valid when all of its bytes are zero.
template <typename Place>
class SharedPlaces {
  public:
    explicit SharedPlaces(const std::filesystem::path& file) : file_(file, sizeof(Place)) {}

    [[nodiscard]] std::span<Place, SharedFile::place_count> all() const noexcept {
        return std::span<Place, SharedFile::place_count>(static_cast<Place*>(file_.memory()),
                                                         SharedFile::place_count);
    }
    [[nodiscard]] Place& own() const noexcept { return all()[file_.own_number()]; }
    [[nodiscard]] bool is_taken(std::size_t number) const noexcept {
        return file_.is_taken(number);
    }

  private:
    SharedFile file_;
};

}  // namespace base
