#include <sys/stat.h>

#include <cstdio>
#include <exception>

#include "base/log.h"
#include "base/secret.h"
#include "cli/command_line.h"

int main(int argc, char** argv) {
    try {
        base::reserve_standard_descriptors();
        umask(0077);  // every file that is made is its owner's alone
        base::start_cryptography();
        return cli::run_command_line(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "postern: %s\n", error.what());
        return 1;
    }
}
