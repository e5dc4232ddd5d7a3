#include "base/log.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "base/metrics.h"
#include "support/child_process.h"
#include "support/temporary_directory.h"

using base::Level;
using namespace std::string_literals;

namespace {

// Something else in the place of standard error. The checks of a test come after it: Boost.Test
// writes there as well.
class StandardError {
  public:
    explicit StandardError(int replacement) : kept_(dup(STDERR_FILENO)) {
        if (replacement >= 0) {
            dup2(replacement, STDERR_FILENO);
            close(replacement);
        } else {
            close(STDERR_FILENO);
        }
    }
    ~StandardError() {
        dup2(kept_, STDERR_FILENO);
        close(kept_);
    }
    StandardError(const StandardError&) = delete;
    StandardError& operator=(const StandardError&) = delete;

  private:
    int kept_;
};

struct Channel {
    int reader;
    int writer;
};

Channel a_socket() {
    std::array<int, 2> ends{};
    BOOST_REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
    return {ends[0], ends[1]};
}

Channel a_pipe() {
    std::array<int, 2> ends{};
    BOOST_REQUIRE(pipe(ends.data()) == 0);
    return {ends[0], ends[1]};
}

std::string read_all(int reader) {
    fcntl(reader, F_SETFL, O_NONBLOCK);
    std::string text;
    std::array<char, 65536> part{};
    for (ssize_t size = 0; (size = read(reader, part.data(), part.size())) > 0;) {
        text.append(part.data(), static_cast<std::size_t>(size));
    }
    return text;
}

std::string logged(std::initializer_list<base::Field> fields) {
    const auto channel = a_socket();
    {
        const StandardError replaced(channel.writer);
        base::log(Level::warning, "event", fields);
    }
    const std::string text = read_all(channel.reader);
    close(channel.reader);
    return text;
}

std::ptrdiff_t count_lines(const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
}

// Writes lines until the reader's room is used up, then lets it read and writes one more.
std::string overflow(const Channel& channel, std::uint64_t& dropped) {
    const StandardError replaced(channel.writer);
    const auto before = base::counted(base::Count::log_lines_dropped);
    const std::string value(400, 'x');
    while (base::counted(base::Count::log_lines_dropped) == before)
        base::log(Level::error, "e", {{"v", value}});
    base::log(Level::error, "e", {{"v", value}});
    dropped = base::counted(base::Count::log_lines_dropped) - before;
    (void)read_all(channel.reader);
    base::log(Level::error, "after", {});
    base::log(Level::error, "later", {});
    return read_all(channel.reader);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(log_test)

BOOST_AUTO_TEST_CASE(a_value_cannot_begin_a_line_or_a_field_of_its_own) {
    BOOST_TEST(logged({{"a", "x\n<0>forged admin=yes"}}) ==
               "<4>event a=\"x\\x0a<0>forged admin=yes\"\n");
    BOOST_TEST(logged({{"a", "x\" b=\"y"}}) == "<4>event a=\"x\\\" b=\\\"y\"\n");
    BOOST_TEST(logged({{"a", "b=c"}, {"d", "e\\"}}) == "<4>event a=\"b=c\" d=\"e\\\\\"\n");
}

BOOST_AUTO_TEST_CASE(nothing_that_a_terminal_obeys_gets_through) {
    BOOST_TEST(logged({{"a", "\x1b]0;x\x07\xc2\x9b\x7f\0"s}}) ==
               "<4>event a=\"\\x1b]0;x\\x07\\xc2\\x9b\\x7f\\x00\"\n");
}

BOOST_AUTO_TEST_CASE(a_plain_value_stands_as_it_is_and_an_empty_one_is_seen) {
    BOOST_TEST(logged({{"mail", "17"}, {"reply", "550 no such user"}, {"none", ""}}) ==
               "<4>event mail=17 reply=\"550 no such user\" none=\"\"\n");
    BOOST_TEST(logged({}) == "<4>event\n");
}

BOOST_AUTO_TEST_CASE(a_long_value_is_cut_and_says_so) {
    BOOST_TEST(logged({{"a", std::string(513, 'x')}}) ==
               "<4>event a=\"" + std::string(512, 'x') + "...\"\n");
    BOOST_TEST(logged({{"a", std::string(512, 'x')}}) ==
               "<4>event a=" + std::string(512, 'x') + "\n");
}

BOOST_AUTO_TEST_CASE(a_line_is_never_over_4096_bytes_and_whole_fields_are_left_out) {
    const std::string noise(512, '\n');  // four bytes each
    const auto text = logged({{"a", noise}, {"b", noise}, {"c", "seen"}, {"d", noise}});
    BOOST_TEST(text.size() <= 4096u);
    BOOST_TEST(count_lines(text) == 1);
    BOOST_TEST(text.ends_with(" c=seen cut=true\n"));
    BOOST_TEST(text.find(" b=") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_journal_that_does_not_read_costs_lines_and_no_time) {
    const auto channel = a_socket();
    std::uint64_t dropped = 0;
    const auto text = overflow(channel, dropped);
    BOOST_TEST(dropped == 2u);
    BOOST_TEST(text == "<3>after dropped=2\n<3>later\n");
    close(channel.reader);
}

BOOST_AUTO_TEST_CASE(a_pipe_that_nobody_reads_costs_lines_and_no_time) {
    const auto channel = a_pipe();
    const int same_description = dup(channel.writer);
    std::uint64_t dropped = 0;
    const auto text = overflow(channel, dropped);
    BOOST_TEST(dropped == 2u);
    BOOST_TEST(text == "<3>after dropped=2\n<3>later\n");
    // The others who write to this pipe still wait as they are used to.
    BOOST_TEST((fcntl(same_description, F_GETFL) & O_NONBLOCK) == 0);
    close(same_description);
    close(channel.reader);
}

BOOST_AUTO_TEST_CASE(a_reader_that_has_gone_does_not_end_the_process) {
    for (const auto& channel : {a_pipe(), a_socket()}) {
        const int code = support::exit_code_in_child([&] {
            std::signal(SIGPIPE, SIG_DFL);
            dup2(channel.writer, STDERR_FILENO);
            close(channel.writer);
            close(channel.reader);
            base::log(Level::error, "lost", {});
            return base::counted(base::Count::log_lines_dropped) > 0 ? 7 : 1;
        });
        BOOST_TEST(code == 7);
        close(channel.reader);
        close(channel.writer);
    }
}

BOOST_AUTO_TEST_CASE(no_descriptor_left_is_still_told) {
    const auto channel = a_pipe();
    const int code = support::exit_code_in_child([&] {
        dup2(channel.writer, STDERR_FILENO);
        const rlimit none{3, 3};
        setrlimit(RLIMIT_NOFILE, &none);
        base::log(Level::error, "descriptors_used_up", {});
        return 7;
    });
    BOOST_TEST(code == 7);
    BOOST_TEST(read_all(channel.reader).ends_with("descriptors_used_up\n"));
    close(channel.reader);
    close(channel.writer);
}

BOOST_AUTO_TEST_CASE(a_closed_standard_error_is_no_fault) {
    const auto before = base::counted(base::Count::log_lines_dropped);
    int error_after = 0;
    {
        const StandardError replaced(-1);
        errno = ENOENT;
        base::log(Level::error, "lost", {});
        error_after = errno;
    }
    BOOST_TEST(error_after == ENOENT);
    BOOST_TEST(base::counted(base::Count::log_lines_dropped) == before + 1);
    BOOST_TEST(logged({}) == "<4>event dropped=1\n");
}

BOOST_AUTO_TEST_CASE(a_file_is_written_after_what_stands_in_it) {
    const support::TemporaryDirectory directory;
    const auto name = directory.path() / "log";
    const int file = open(name.c_str(), O_RDWR | O_CREAT, 0600);
    BOOST_REQUIRE(write(file, "first\n", 6) == 6);
    {
        const StandardError replaced(dup(file));
        base::log(Level::info, "second", {});
    }
    std::array<char, 64> text{};
    const auto size = pread(file, text.data(), text.size(), 0);
    close(file);
    BOOST_TEST(std::string(text.data(), static_cast<std::size_t>(size)) == "first\n<6>second\n");
}

BOOST_AUTO_TEST_CASE(a_terminal_gets_no_priority) {
    const int screen = posix_openpt(O_RDWR | O_NOCTTY);
    BOOST_REQUIRE((screen >= 0 && grantpt(screen) == 0 && unlockpt(screen) == 0));
    std::array<char, 64> name{};
    BOOST_REQUIRE(ptsname_r(screen, name.data(), name.size()) == 0);
    const int keyboard = open(name.data(), O_RDWR | O_NOCTTY);
    {
        const StandardError replaced(dup(keyboard));
        base::log(Level::info, "hello", {{"to", "you"}});
    }
    std::array<char, 64> text{};
    const auto size = read(screen, text.data(), text.size());
    close(keyboard);
    close(screen);
    BOOST_TEST(std::string(text.data(), static_cast<std::size_t>(size)) == "hello to=you\r\n");
}

BOOST_AUTO_TEST_CASE(less_important_lines_are_left_out) {
    const auto channel = a_socket();
    {
        const StandardError replaced(channel.writer);
        base::log(Level::debug, "by_default_not", {});
        base::set_log_level(Level::error);
        base::log(Level::warning, "now_not", {});
        base::log(Level::error, "always", {});
        base::set_log_level(Level::debug);
        base::log(Level::debug, "asked_for", {});
        base::set_log_level(Level::info);
    }
    BOOST_TEST(read_all(channel.reader) == "<3>always\n<7>asked_for\n");
    close(channel.reader);
}

BOOST_AUTO_TEST_CASE(lines_of_many_threads_do_not_run_into_each_other) {
    const auto channel = a_pipe();
    const auto before = base::counted(base::Count::log_lines_dropped);
    std::string text;
    {
        const StandardError replaced(channel.writer);
        std::thread reader([&] {
            std::array<char, 65536> part{};
            for (ssize_t size = 0; (size = read(channel.reader, part.data(), part.size())) > 0;) {
                text.append(part.data(), static_cast<std::size_t>(size));
            }
        });
        std::vector<std::thread> writers;
        for (int thread = 0; thread < 4; ++thread) {
            writers.emplace_back([] {
                const std::string value(500, 'x');
                for (int line = 0; line < 500; ++line) base::log(Level::info, "e", {{"v", value}});
            });
        }
        for (auto& writer : writers) writer.join();
        close(STDERR_FILENO);
        reader.join();
    }
    const auto dropped =
        static_cast<std::ptrdiff_t>(base::counted(base::Count::log_lines_dropped) - before);
    BOOST_TEST(count_lines(text) + dropped == 2000);
    const std::string plain = "<6>e v=" + std::string(500, 'x');
    for (std::size_t at = 0; at < text.size();) {
        const auto line = text.substr(at, text.find('\n', at) - at);
        BOOST_REQUIRE(line.substr(0, plain.size()) == plain);
        const auto rest = line.substr(plain.size());
        BOOST_REQUIRE((rest.empty() || rest.starts_with(" dropped=")));
        at += line.size() + 1;
    }
    close(channel.reader);
    (void)logged({});  // tells what is still to be told
}

BOOST_AUTO_TEST_CASE(no_file_opened_later_can_get_the_number_of_standard_error) {
    const int code = support::exit_code_in_child([] {
        const auto before = base::counted(base::Count::log_lines_dropped);
        close(STDIN_FILENO);
        close(STDERR_FILENO);
        base::reserve_standard_descriptors();
        base::log(Level::error, "into_nothing", {});
        return open("/etc/passwd", O_RDONLY) > STDERR_FILENO && fcntl(STDIN_FILENO, F_GETFD) >= 0 &&
                       base::counted(base::Count::log_lines_dropped) == before
                   ? 7
                   : 1;
    });
    BOOST_TEST(code == 7);
}

BOOST_AUTO_TEST_SUITE_END()
