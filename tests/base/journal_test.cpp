#include "base/journal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "base/metrics.h"
#include "support/child_process.h"
#include "support/temporary_directory.h"

using base::Level;

namespace {

std::string decimal(auto number) {
    return std::to_string(static_cast<unsigned long long>(number));
}

// A service as systemd starts it: standard error is the journal, and $JOURNAL_STREAM says so. (Here
// it is a file, in which a line shows that went the usual way.)
class Service {
  public:
    Service() {
        const int file = open(lines_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        dup2(file, STDERR_FILENO);
        struct stat status {};
        fstat(STDERR_FILENO, &status);
        const std::string stream = decimal(status.st_dev) + ":" + decimal(status.st_ino);
        setenv("JOURNAL_STREAM", stream.c_str(), 1);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path_.native().copy(address.sun_path, sizeof address.sun_path - 1);
        if (bind(journal_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) throw 1;
        base::open_journal(path_);
    }

    // The fields of the next event; none when there is no event.
    std::map<std::string, std::string> read() const {
        std::array<char, 65'536> bytes{};
        const auto size = recv(journal_, bytes.data(), bytes.size(), MSG_DONTWAIT);
        std::istringstream text(
            std::string(bytes.data(), size < 0 ? 0U : static_cast<size_t>(size)));
        std::map<std::string, std::string> fields;
        for (std::string line; std::getline(text, line);) {
            const std::size_t equals = line.find('=');
            fields[line.substr(0, equals)] = line.substr(equals + 1);
        }
        return fields;
    }
    std::string lines() const {
        std::ifstream file(lines_);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    void goes_away() const { std::filesystem::remove(path_); }

  private:
    support::TemporaryDirectory directory_;
    std::filesystem::path lines_ = directory_.path() / "lines";
    std::filesystem::path path_ = directory_.path() / "socket";
    int journal_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

// In a process of its own, in which standard error may be replaced; true when that gave true.
template <typename Function>
bool holds(Function function) {
    return support::exit_code_in_child([&] {
               Service service;
               return function(service) ? 7 : 1;
           }) == 7;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(journal_test)

BOOST_AUTO_TEST_CASE(no_value_can_begin_a_field_of_its_own) {
    BOOST_TEST(holds([](const Service& service) {
        base::log(Level::info, "mail_shelved", {{"reply", "550 no\nPRIORITY=0\nADMIN=1"}});
        const auto fields = service.read();
        return fields.at("PRIORITY") == "6" && !fields.contains("ADMIN") &&
               fields.at("REPLY") == "550 no\\x0aPRIORITY=0\\x0aADMIN=1";
    }));
}

BOOST_AUTO_TEST_CASE(an_event_has_a_field_for_each_thing_it_tells) {
    BOOST_TEST(holds([](const Service& service) {
        base::log(Level::warning, "request_slow", {{"request_id", "0c1a"}, {"ms", "1200"}});
        const auto fields = service.read();
        return fields.at("MESSAGE") == "request_slow request_id=0c1a ms=1200" &&
               fields.at("PRIORITY") == "4" && fields.at("SYSLOG_IDENTIFIER") == "postern" &&
               fields.at("EVENT") == "request_slow" && fields.at("REQUEST_ID") == "0c1a" &&
               fields.at("MS") == "1200" && service.lines().empty() && service.read().empty();
    }));
}

// printf request_slow | sha256sum | head -c 32
BOOST_AUTO_TEST_CASE(the_message_id_is_the_words_own) {
    BOOST_TEST(holds([](const Service& service) {
        base::log(Level::warning, "request_slow");
        return service.read().at("MESSAGE_ID") == "c980afe7021451ff550b51d73e48f4e1";
    }));
}

BOOST_AUTO_TEST_CASE(standard_error_that_is_something_else_gets_lines) {
    BOOST_TEST(holds([](const Service& service) {
        std::array<int, 2> ends{};
        if (pipe(ends.data()) != 0) return false;
        dup2(ends[1], STDERR_FILENO);
        base::log(Level::notice, "event");
        std::array<char, 64> line{};
        const auto size = read(ends[0], line.data(), line.size());
        return std::string(line.data(), static_cast<std::size_t>(size)) == "<5>event\n" &&
               service.read().empty();
    }));
}

BOOST_AUTO_TEST_CASE(a_journal_that_does_not_keep_up_stalls_nobody) {
    BOOST_TEST(holds([](const Service& service) {
        const auto dropped = [] { return base::counted(base::Count::log_lines_dropped); };
        while (dropped() == 0) base::log(Level::info, "event");
        (void)service.read();
        base::log(Level::info, "event");
        std::string last;
        for (auto event = service.read(); !event.empty(); event = service.read()) {
            last = event.at("MESSAGE");
        }
        return last == "event dropped=1" && dropped() == 1;
    }));
}

BOOST_AUTO_TEST_CASE(without_a_journals_socket_lines_go_the_usual_way) {
    BOOST_TEST(holds([](const Service& service) {
        service.goes_away();
        base::log(Level::info, "event", {{"what", "a b"}});
        return service.lines() == "<6>event what=\"a b\"\n";
    }));
}

BOOST_AUTO_TEST_SUITE_END()
