// A fuzz target takes any bytes and ends the process when something does not hold that must hold
// for every input. Built with clang (preset "fuzz") libFuzzer looks for such bytes; in every other
// build, replay.cpp plays the corpus.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return size == 0 ? std::string_view()
                     : std::string_view(reinterpret_cast<const char*>(data), size);
}

inline void must(bool holds) {
    if (!holds) std::abort();
}

inline bool has_control_character(std::string_view text) {
    for (const char byte : text) {
        if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f) return true;
    }
    return false;
}

}  // namespace fuzz
