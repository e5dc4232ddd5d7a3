// What an operator's machine may do to a process: another user, a mount of its own. Each holds for
// the rest of the process's life, so only in a child.
#pragma once

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <stdexcept>

#include "store/database.h"
#include "support/skip.h"

namespace surroundings {

inline constexpr uid_t nobody = 65'534;

// Root may read and write everywhere.
inline void become_nobody() {
    if (geteuid() == 0 && (setgid(nobody) != 0 || setuid(nobody) != 0))
        throw std::runtime_error("setuid");
}

inline constexpr int cannot_mount = 77;

// A small file system over that directory, in a mount namespace of the child's own, so that nothing
// stays mounted.
inline bool mount_small(const std::filesystem::path& where, const char* size) {
    return unshare(CLONE_NEWNS) == 0 &&
           mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           mount("tmpfs", where.c_str(), "tmpfs", 0, size) == 0;
}

inline void must_pass(int status) {
    if (status == cannot_mount)
        support::skip("a file system of one's own needs the right to mount");
    else
        BOOST_TEST(status == 0);
}

// The exit status of a child that asks for all of it.
inline int status(bool right) {
    return right ? 0 : 1;
}

// True when the storage failed, and not because waiting would help.
template <typename Act>
bool fails(const Act& act) {
    try {
        act();
    } catch (const store::Error& error) {
        return !error.is_busy();
    }
    return false;
}

}  // namespace surroundings
