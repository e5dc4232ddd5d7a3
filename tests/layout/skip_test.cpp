// A program in which one test failed and another was skipped was told as skipped, not as failed.
#include <boost/cstdlib.hpp>
#include <boost/test/unit_test.hpp>

#include "layout/sources.h"
#include "support/process.h"
#include "support/skip.h"

namespace {

// Of this program, when it runs only these tests of this suite, as examples.
int status_of(const std::string& tests) {
    const auto self = std::filesystem::read_symlink("/proc/self/exe").string();
    return support::run({self, "--run_test=skip_test/" + tests, "--", "example"}).code;
}

bool is_example() {
    return boost::unit_test::framework::master_test_suite().argc > 1;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(skip_test)

BOOST_AUTO_TEST_CASE(fails) {
    BOOST_TEST(!is_example());
}
BOOST_AUTO_TEST_CASE(passes) {
    BOOST_TEST(true);
}
BOOST_AUTO_TEST_CASE(skips) {
    if (is_example()) support::skip("an example");
}

BOOST_AUTO_TEST_CASE(a_failure_beside_a_skip_is_a_failure) {
    const int failure = status_of("fails");
    BOOST_TEST(failure == boost::exit_test_failure);
    BOOST_TEST(status_of("fails,skips") == failure);
    BOOST_TEST(status_of("skips,fails") == failure);
}

BOOST_AUTO_TEST_CASE(a_skip_beside_what_passed_is_told) {
    BOOST_TEST(status_of("passes") == 0);
    BOOST_TEST(status_of("skips") == support::skipped_status);
    BOOST_TEST(status_of("skips,passes") == support::skipped_status);
}

BOOST_AUTO_TEST_CASE(no_word_in_what_a_test_prints_makes_it_skipped) {
    const auto status = "SKIP_RETURN_CODE " + std::to_string(support::skipped_status);
    for (const layout::Source& source : layout::sources_below("tests", {".txt"})) {
        BOOST_TEST(source.text.find("SKIP_REGULAR_EXPRESSION") == std::string::npos, source.path);
        for (const std::string& line : layout::lines_of(source.text)) {
            if (line.find("SKIP_RETURN_CODE") == std::string::npos) continue;
            BOOST_TEST(line.find(status) != std::string::npos, source.path);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
