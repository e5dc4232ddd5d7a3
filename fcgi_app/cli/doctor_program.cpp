#include "cli/doctor_program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace cli::doctor {
namespace {

void use_the_administrators_path() {
    const char* path = std::getenv("PATH");
    setenv("PATH", (std::string(path == nullptr ? "/usr/bin" : path) + ":/usr/sbin:/sbin").c_str(),
           1);
}

[[noreturn]] void become(const std::vector<std::string>& words, int output) {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    use_the_administrators_path();
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    execvp(arguments.front(), arguments.data());
    _exit(127);
}

std::string read_all(int from) {
    std::string text;
    std::array<char, 65536> bytes;
    for (ssize_t count = 0; (count = read(from, bytes.data(), bytes.size())) != 0;) {
        if (count > 0) text.append(bytes.data(), static_cast<std::size_t>(count));
        if (count < 0 && errno != EINTR) break;
    }
    return text;
}

}  // namespace

Ended run_program(const std::vector<std::string>& words) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw std::system_error(errno, std::generic_category(), "pipe");
    }
    const pid_t child = fork();
    if (child == 0) become(words, ends[1]);
    close(ends[1]);
    Ended ended;
    ended.output = read_all(ends[0]);
    close(ends[0]);
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) {
        throw std::system_error(errno, std::generic_category(), words.front());
    }
    if (WIFEXITED(status)) ended.code = WEXITSTATUS(status);
    return ended;
}

}  // namespace cli::doctor
