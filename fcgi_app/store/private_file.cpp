#include "store/private_file.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "store/database.h"

namespace store {

void make_private_file(const std::filesystem::path& file, const std::filesystem::path& model) {
    if (mknod(file.c_str(), S_IFREG | S_IRUSR | S_IWUSR, 0) != 0) {
        if (errno == EEXIST) return;
        throw Error(SQLITE_CANTOPEN, file.string() + ": " + std::generic_category().message(errno));
    }
    bool ready = chmod(file.c_str(), S_IRUSR | S_IWUSR) == 0;
    struct stat owner {};
    if (geteuid() == 0 && stat(model.c_str(), &owner) == 0)
        ready = chown(file.c_str(), owner.st_uid, owner.st_gid) == 0 && ready;
    if (!ready)
        throw Error(SQLITE_CANTOPEN, file.string() + ": " + std::generic_category().message(errno));
}

}  // namespace store
