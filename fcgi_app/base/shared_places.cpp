#include "base/shared_places.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>
#include <optional>
#include <system_error>

namespace base {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file, int code) {
    throw std::system_error(code, std::generic_category(), file.string());
}

struct flock lock_of(std::size_t number) {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = static_cast<off_t>(number);
    lock.l_len = 1;
    return lock;
}

std::optional<std::size_t> take_free_place(int descriptor) {
    for (std::size_t number = 0; number < SharedFile::place_count; ++number) {
        struct flock lock = lock_of(number);
        if (fcntl(descriptor, F_OFD_SETLK, &lock) == 0) return number;
    }
    return std::nullopt;
}

}  // namespace

SharedFile::SharedFile(const std::filesystem::path& file, std::size_t place_bytes)
    : bytes_(place_bytes * place_count),
      descriptor_(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
    if (!descriptor_.is_open()) fail(file, errno);
    // Room for all of it now: a page that cannot be had later would be a SIGBUS.
    const int code = posix_fallocate(descriptor_, 0, static_cast<off_t>(bytes_));
    if (code != 0) fail(file, code);
    const auto number = take_free_place(descriptor_);
    if (!number) fail(file, EUSERS);
    own_number_ = *number;
    memory_ = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, 0);
    if (memory_ == MAP_FAILED) fail(file, errno);
}

SharedFile::~SharedFile() {
    munmap(memory_, bytes_);
}

bool SharedFile::is_taken(std::size_t number) const noexcept {
    if (number == own_number_) return true;  // a lock of one's own does not show
    struct flock lock = lock_of(number);
    return fcntl(descriptor_, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

}  // namespace base
