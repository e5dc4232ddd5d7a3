#include "base/descriptor.h"

#include <fcntl.h>

namespace base {

bool sync_names_in(const std::filesystem::path& directory) {
    const char* const name = directory.empty() ? "." : directory.c_str();
    const Descriptor opened(open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return opened.is_open() && fsync(opened) == 0;
}

}  // namespace base
