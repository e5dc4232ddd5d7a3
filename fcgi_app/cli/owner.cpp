#include "cli/owner.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace cli {
namespace {

void must(int result, const char* what) {
    if (result != 0) throw std::system_error(errno, std::generic_category(), what);
}

[[noreturn]] void try_as_owner(const std::filesystem::path& directory,
                               const std::filesystem::path& file) noexcept {
    become_owner_of(directory);
    _exit(access(file.c_str(), R_OK) == 0 ? 0 : 1);
}

}  // namespace

void become_owner_of(const std::filesystem::path& directory) {
    struct stat status {};
    if (geteuid() != 0 || stat(directory.c_str(), &status) != 0 || status.st_uid == 0) return;
    const passwd* user = getpwuid(status.st_uid);
    const gid_t group = user == nullptr ? status.st_gid : user->pw_gid;
    if (user == nullptr) {
        must(setgroups(0, nullptr), "setgroups");
    } else {
        must(initgroups(user->pw_name, group), "initgroups");
    }
    must(setgid(group), "setgid");
    must(setuid(status.st_uid), "setuid");
}

// A child becomes the owner and tries: no rule of the kernel's is repeated here.
bool owner_may_read(const std::filesystem::path& directory, const std::filesystem::path& file) {
    if (geteuid() != 0) return true;
    const pid_t child = fork();
    if (child == 0) try_as_owner(directory, file);
    int status = 0;
    must(child < 0 || waitpid(child, &status, 0) != child ? -1 : 0, "fork");
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace cli
