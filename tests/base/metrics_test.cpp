#include "base/metrics.h"

#include <sys/resource.h>

#include <boost/test/unit_test.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "support/child_process.h"
#include "support/temporary_directory.h"

using base::Count;
using base::Gauge;
using namespace std::chrono_literals;

namespace {

// The value that the page has for a sample; -1 when it is not there.
double value_of(const std::string& page, const std::string& sample) {
    const std::size_t at = ("\n" + page).find("\n" + sample + " ");
    return at == std::string::npos ? -1 : std::stod(page.substr(at + sample.size()));
}

double value_of(const std::string& sample) {
    return value_of(base::metrics_text({}), sample);
}

// What a worker does in a process of its own, sharing what it counts in that directory.
template <typename Function>
int as_worker(const support::TemporaryDirectory& directory, Function function) {
    return support::exit_code_in_child([&] {
        base::share_counts(directory.path());
        return function();
    });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(metrics_test)

BOOST_AUTO_TEST_CASE(who_was_killed_loses_nothing_that_it_counted) {
    const support::TemporaryDirectory directory;
    const int status = as_worker(directory, [] {
        base::count(Count::mails_accepted, 7);
        return raise(SIGKILL);
    });
    BOOST_TEST(status == 128 + SIGKILL);
    BOOST_TEST(as_worker(directory, [] {
                   return static_cast<int>(base::counted(Count::mails_accepted));
               }) == 7);
}

BOOST_AUTO_TEST_CASE(who_was_killed_has_nothing_in_flight) {
    const support::TemporaryDirectory directory;
    const auto in_flight = [] {
        return static_cast<int>(value_of("postern_requests_in_flight{lane=\"quick\"}"));
    };
    as_worker(directory, [] {
        base::raise(Gauge::quick_in_flight);
        return raise(SIGKILL);
    });
    // In a place of its own first: the place of the dead one counts for nobody.
    support::Baton taken;
    support::Baton end;
    const support::ChildProcess other([&] {
        base::share_counts(directory.path());
        base::raise(Gauge::quick_in_flight);
        taken.give();
        end.await();
        return 0;
    });
    taken.await();
    BOOST_TEST(as_worker(directory, in_flight) == 1);
    end.give();
}

BOOST_AUTO_TEST_CASE(each_worker_tells_of_all) {
    const support::TemporaryDirectory directory;
    support::Baton counted;
    support::Baton end;
    const support::ChildProcess other([&] {
        base::share_counts(directory.path());
        base::count_request(base::Route::login, true, 401);
        counted.give();
        end.await();
        return 0;
    });
    counted.await();
    BOOST_TEST(as_worker(directory, [] {
                   base::count_request(base::Route::login, true, 403);
                   const std::string page = base::metrics_text({});
                   const double refused = value_of(
                       page, R"(postern_requests_total{route="login",method="post",status="4xx"})");
                   return refused == 2 && value_of(page, "postern_workers") == 2 ? 0 : 1;
               }) == 0);
    end.give();
}

BOOST_AUTO_TEST_CASE(each_route_has_a_histogram_of_its_own_once_it_was_asked_for) {
    const support::TemporaryDirectory directory;
    BOOST_TEST(
        as_worker(directory, [] {
            base::count_request(base::Route::login, true, 401, 3ms);
            base::count_request(base::Route::login, false, 200, 600us);
            base::count_request(std::nullopt, false, 400);
            const std::string page = base::metrics_text({});
            const std::string login = R"(postern_route_duration_seconds_bucket{route="login",le=)";
            const bool is_right =
                value_of(page, login + "\"0.0005\"}") == 0 &&
                value_of(page, login + "\"0.001\"}") == 1 &&
                value_of(page, login + "\"0.005\"}") == 2 &&
                value_of(page, R"(postern_route_duration_seconds_sum{route="login"})") == 0.0036 &&
                page.find(R"(postern_route_duration_seconds_sum{route="none"})") ==
                    std::string::npos;
            return is_right ? 0 : 1;
        }) == 0);
}

BOOST_AUTO_TEST_CASE(there_are_places_for_all_who_come_one_after_the_other) {
    const support::TemporaryDirectory directory;
    for (int i = 0; i < 150; ++i) BOOST_REQUIRE(as_worker(directory, [] { return 0; }) == 0);
    BOOST_TEST(as_worker(directory, [] {
                   return static_cast<int>(base::counted(Count::worker_starts));
               }) == 151);
}

BOOST_AUTO_TEST_CASE(without_a_right_to_the_directory_a_worker_counts_for_itself) {
    const int status = support::exit_code_in_child([] {
        try {
            base::share_counts("/proc/self");
        } catch (const std::system_error&) {
            base::count(Count::mails_shelved);
            return base::counted(Count::mails_shelved) == 1 ? 7 : 1;
        }
        return 1;
    });
    BOOST_TEST(status == 7);
}

// A file that has no room would be a SIGBUS at the first count.
BOOST_AUTO_TEST_CASE(without_room_for_the_file_a_worker_counts_for_itself) {
    const support::TemporaryDirectory directory;
    const int status = support::exit_code_in_child([&] {
        signal(SIGXFSZ, SIG_IGN);
        const rlimit little{4'096, 4'096};
        setrlimit(RLIMIT_FSIZE, &little);
        try {
            base::share_counts(directory.path());
        } catch (const std::system_error&) {
            base::count(Count::mails_shelved);
            return 7;
        }
        return 1;
    });
    BOOST_TEST(status == 7);
}

BOOST_AUTO_TEST_CASE(an_unknown_address_and_an_unheard_of_status_are_counted_too) {
    base::count_request(std::nullopt, false, 404);
    base::count_request(std::nullopt, false, 799);
    BOOST_TEST(value_of(R"(postern_requests_total{route="none",method="get",status="4xx"})") == 1);
    BOOST_TEST(value_of(R"(postern_requests_total{route="none",method="get",status="5xx"})") == 1);
}

BOOST_AUTO_TEST_CASE(a_histogram_adds_up) {
    for (const auto span : {100us, 101us, 20'000'000us})
        base::count_duration(base::Duration::gate_wait, span);
    const std::string page = base::metrics_text({});
    const std::string name = "postern_write_gate_wait_seconds";
    BOOST_TEST(value_of(page, name + R"(_bucket{le="0.0001"})") == 1);
    BOOST_TEST(value_of(page, name + R"(_bucket{le="0.00025"})") == 2);
    BOOST_TEST(value_of(page, name + R"(_bucket{le="10"})") == 2);
    BOOST_TEST(value_of(page, name + R"(_bucket{le="+Inf"})") == 3);
    BOOST_TEST(value_of(page, name + "_count") == 3);
    BOOST_TEST(value_of(page, name + "_sum") == 20.000201);
}

// https://prometheus.io/docs/instrumenting/exposition_formats/
BOOST_AUTO_TEST_CASE(the_page_is_the_text_format) {
    base::count_request(base::Route::account, false, 200);
    const std::array readings{base::Reading{"postern_sessions", "Sessions.", -3}};
    const std::string page = base::metrics_text(readings);
    const std::regex line(R"(# HELP [a-z_]+ [^\n]+|# TYPE [a-z_]+ (counter|gauge|histogram)|)"
                          R"([a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9]+(\.[0-9]+)?)");
    std::set<std::string> families;
    std::istringstream lines(page);
    for (std::string text; std::getline(lines, text);) {
        BOOST_TEST(std::regex_match(text, line), text);
        if (text.starts_with("# TYPE ")) BOOST_TEST(families.insert(text).second, text);
    }
    BOOST_TEST(page.back() == '\n');
    BOOST_TEST(families.size() > 10U);
    BOOST_TEST(value_of(page, "postern_sessions") == -3);
    BOOST_TEST(
        value_of(page, R"(postern_requests_total{route="account",method="get",status="2xx"})") ==
        1);
}

BOOST_AUTO_TEST_SUITE_END()
