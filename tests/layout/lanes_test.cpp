// nginx sends what hashes a password into the lane where Postern answers it.
#include <array>
#include <boost/test/unit_test.hpp>
#include <regex>
#include <set>
#include <utility>

#include "base/routes.h"
#include "layout/sources.h"
#include "web/routes.h"

BOOST_AUTO_TEST_SUITE(lanes_test)

namespace {

// The two mounts that nginx has a file for.
constexpr std::array mounts{std::pair{"/account", "nginx/snippets/postern-accounts.conf"},
                            std::pair{"", "nginx/snippets/postern-accounts-host.conf"}};

}  // namespace

BOOST_AUTO_TEST_CASE(the_map_of_nginx_agrees_with_the_route_table) {
    std::set<std::string> in_code;
    for (const web::RouteRow& row : web::all_routes()) {
        if (row.lane != http::Lane::hashing) continue;
        const std::string method = row.method == http::Method::post ? "POST " : "GET ";
        for (const auto& [mount, snippet] : mounts)
            in_code.insert(method + base::Addresses("https://example.org", mount).path(row.route));
    }
    const std::string map = layout::read_source("nginx/conf.d/postern.conf");
    const std::regex entry(R"re("([A-Z]+ [^"]+)"\s+postern_hashing;)re");
    const std::set<std::string> in_nginx = [&] {
        std::set<std::string> found;
        for (std::sregex_iterator match(map.begin(), map.end(), entry), end; match != end; ++match)
            found.insert(match->str(1));
        return found;
    }();
    BOOST_TEST(!in_code.empty());
    BOOST_TEST(in_code == in_nginx, boost::test_tools::per_element());
}

// The two pages whose address holds a token keep it out of nginx's error log.
BOOST_AUTO_TEST_CASE(addresses_with_a_token_write_no_error_log) {
    for (const auto& [mount, file] : mounts) {
        const base::Addresses addresses("https://example.org", mount);
        const std::string snippet = layout::read_source(file);
        for (const base::Route route : {base::Route::verify, base::Route::reset_password_confirm}) {
            const std::size_t at = snippet.find("location = " + addresses.path(route) + " {");
            BOOST_REQUIRE(at != std::string::npos);
            const std::string body = snippet.substr(at, snippet.find('}', at) - at);
            BOOST_TEST(body.find("error_log /dev/null") != std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(nginx_asks_check_by_its_address) {
    const std::string mount = "$postern_mount";
    const base::Addresses addresses("https://example.org", mount);
    const std::string snippet = layout::read_source("nginx/snippets/postern-check.conf");
    const std::string parameter =
        "fastcgi_param POSTERN_PATH " + addresses.path(base::Route::check) + ";";
    BOOST_TEST(snippet.find(parameter) != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
