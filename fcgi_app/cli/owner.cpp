#include "cli/owner.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace cli {
namespace {

void must(int result, const char* what) {
    if (result != 0) throw std::system_error(errno, std::generic_category(), what);
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

}  // namespace cli
