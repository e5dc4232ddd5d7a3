// System calls that fail: from now on the kernel answers one with an error, to us and to the
// libraries below us. It holds for the rest of the process's life, so only in a child
// (child_process.h).
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <stdexcept>

namespace support {

// Only the calls of which an argument (0 … 5) has this value.
struct OnlyWith {
    unsigned argument;
    std::uint32_t value;
};

namespace failing_call_detail {

inline void install(sock_filter* steps, unsigned short count) {
    const sock_fprog program{count, steps};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        throw std::runtime_error("seccomp");
    }
}

constexpr sock_filter load(std::size_t offset) {
    return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}
constexpr sock_filter skip_unless(std::uint32_t value, std::uint8_t steps) {
    return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, steps);
}
constexpr sock_filter give(std::uint32_t result) {
    return BPF_STMT(BPF_RET | BPF_K, result);
}
constexpr std::uint32_t error_of(int error) {
    return SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error);
}

}  // namespace failing_call_detail

// let_fail(SYS_fsync, EIO)
inline void let_fail(long call, int error) {
    namespace step = failing_call_detail;
    std::array steps{step::load(offsetof(seccomp_data, nr)),
                     step::skip_unless(static_cast<std::uint32_t>(call), 1),
                     step::give(step::error_of(error)), step::give(SECCOMP_RET_ALLOW)};
    step::install(steps.data(), steps.size());
}

inline void let_fail(long call, int error, OnlyWith only) {
    namespace step = failing_call_detail;
    std::array steps{step::load(offsetof(seccomp_data, nr)),
                     step::skip_unless(static_cast<std::uint32_t>(call), 3),
                     step::load(offsetof(seccomp_data, args) + 8 * only.argument),
                     step::skip_unless(only.value, 1),
                     step::give(step::error_of(error)),
                     step::give(SECCOMP_RET_ALLOW)};
    step::install(steps.data(), steps.size());
}

}  // namespace support
