// A program run to its end: what it was given, what it said, how it ended.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/child_process.h"
#include "support/temporary_directory.h"

namespace support {

struct Ended {
    int code;  // 128 + the signal when one killed it
    std::string out;
    std::string err;
};

namespace process_detail {

inline std::string contents(const std::filesystem::path& file) {
    std::ifstream input(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(input), {}};
}

[[noreturn]] inline void become(const std::vector<std::string>& words,
                                const std::filesystem::path& directory) {
    const int in = open((directory / "in").c_str(), O_RDONLY);
    const int out = open((directory / "out").c_str(), O_WRONLY | O_CREAT, 0600);
    const int err = open((directory / "err").c_str(), O_WRONLY | O_CREAT, 0600);
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    execv(arguments[0], arguments.data());
    _exit(127);
}

}  // namespace process_detail

// words[0] is the program; `input` is its whole standard input.
[[nodiscard]] inline Ended run(const std::vector<std::string>& words,
                               const std::string& input = "") {
    const TemporaryDirectory directory;
    std::ofstream(directory.path() / "in", std::ios::binary) << input;
    const pid_t child = fork();
    if (child == 0) process_detail::become(words, directory.path());
    const int code = exit_code_of(child);
    return {code, process_detail::contents(directory.path() / "out"),
            process_detail::contents(directory.path() / "err")};
}

}  // namespace support
