#include "cli/bench.h"

#include <boost/test/unit_test.hpp>

#include "cli/bench_release.h"
#include "cli/bench_workers.h"
#include "cli/installation.h"

BOOST_AUTO_TEST_SUITE(bench_test)

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_refused_before_anything_is_done) {
    const support::Installation installation;
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"bench", "--seconds", "0"},
          {"bench", "--seconds", "601"},
          {"bench", "--url", "example.org"},
          {"bench", "--url", "https://example.org/"}}) {
        BOOST_TEST(installation.postern(words).code == 2);
    }
    BOOST_TEST(std::filesystem::is_empty(installation.state));
}

BOOST_AUTO_TEST_CASE(where_nobody_answers_there_is_no_figure_and_nothing_is_left) {
    const support::MigratedInstallation installation;
    const auto ended =
        installation.postern({"bench", "--seconds", "1", "--url", "http://127.0.0.1:1"});
    BOOST_TEST(ended.code == 1);
    BOOST_TEST(ended.out.find("session checks") != std::string::npos);
    BOOST_TEST(ended.out.find("invalid") != std::string::npos);
    BOOST_TEST(ended.out.find("say by --url where nginx answers") != std::string::npos);
    BOOST_TEST(installation.json_of({"user", "list"}).at("accounts").empty());
}

BOOST_AUTO_TEST_CASE(the_figures_of_the_release_are_those_of_the_document) {
    const auto& release = cli::bench::release();
    BOOST_REQUIRE(release.has_value());
    BOOST_TEST(release->machine.find("cores") != std::string::npos);
    BOOST_TEST(release->checks.a_second > release->logins.a_second);
    BOOST_TEST(release->checks.p99_ms >= release->checks.p50_ms);
    BOOST_TEST(release->memory_mib > 1);
}

BOOST_AUTO_TEST_CASE(a_document_without_the_table_has_no_figures) {
    const std::string good =
        "\nA machine.\n\n| session checks | 21,345 | 1.4 | 3.3 |\n| logins | 97 | 80.1 | 123 |\n"
        "| memory of a worker, MiB | 14.2 | | |\n";
    const auto release = cli::bench::release_in(good);
    BOOST_REQUIRE(release.has_value());
    BOOST_TEST(release->machine == "A machine.");
    BOOST_TEST(release->checks.a_second == 21'345);
    BOOST_TEST(release->logins.p99_ms == 123);
    BOOST_TEST(release->memory_mib == 14.2);
    BOOST_TEST(!cli::bench::release_in("").has_value());
    BOOST_TEST(!cli::bench::release_in(good.substr(0, good.find("\n| logins"))).has_value());
    std::string words = good;
    words.replace(words.find("97"), 2, "many");
    BOOST_TEST(!cli::bench::release_in(words).has_value());
}

BOOST_AUTO_TEST_CASE(workers_of_no_such_configuration_are_none) {
    BOOST_TEST(cli::bench::memory_of_workers("/no/such/postern.toml").empty());
}

BOOST_AUTO_TEST_SUITE_END()
