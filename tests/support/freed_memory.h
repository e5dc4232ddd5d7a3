// What stood in memory when it was given back. For one file of a program: it takes the place of
// operator new and delete.
#pragma once

#include <malloc.h>

#include <cstdlib>
#include <new>
#include <string_view>

namespace support {

class FreedMemory {
  public:
    // How many pieces that were given back while `act` ran held the word. No other thread may run.
    template <typename Act>
    static int pieces_with(std::string_view word, const Act& act) {
        pieces_ = 0;
        word_ = word;
        act();
        word_ = {};
        return pieces_;
    }

    static void look_at(void* piece) noexcept {
        if (word_.empty() || piece == nullptr) return;
        const std::string_view bytes(static_cast<char*>(piece), malloc_usable_size(piece));
        if (bytes.find(word_) != bytes.npos) ++pieces_;
    }

  private:
    static inline std::string_view word_;
    static inline int pieces_ = 0;
};

}  // namespace support

// Zeroes, or what was there before would be found.
void* operator new(std::size_t size) {
    void* const piece = std::calloc(size == 0 ? 1 : size, 1);
    if (piece == nullptr) throw std::bad_alloc();
    return piece;
}

void operator delete(void* piece) noexcept {
    support::FreedMemory::look_at(piece);
    std::free(piece);
}

void operator delete(void* piece, std::size_t /*size*/) noexcept {
    operator delete(piece);
}
