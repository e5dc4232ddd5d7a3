// A postern.toml: read, or refused with a place and a sentence.
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "config.h"
#include "fuzz/fuzz.h"

namespace {

// A file in memory; its name holds as long as the process lives.
const std::string& file_with(std::string_view text) {
    static const int descriptor = memfd_create("postern.toml", MFD_CLOEXEC);
    static const std::string name = "/proc/self/fd/" + std::to_string(descriptor);
    fuzz::must(ftruncate(descriptor, 0) == 0);
    fuzz::must(pwrite(descriptor, text.data(), text.size(), 0) ==
               static_cast<ssize_t>(text.size()));
    return name;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const auto config =
            postern::load_config(file_with(fuzz::text_of(data, size)), postern::Secrets::unread);
        fuzz::must(config.quick_threads > 0 && config.hashing_threads > 0);
    } catch (const postern::ConfigError& error) {
        fuzz::must(!error.problems().empty());
        for (const auto& problem : error.problems()) fuzz::must(!problem.text.empty());
    }
    return 0;
}
