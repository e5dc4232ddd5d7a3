#include "base/routes.h"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

using base::Addresses;
using base::Route;

namespace {

constexpr int routes = static_cast<int>(base::route_count);

}  // namespace

BOOST_AUTO_TEST_SUITE(routes_test)

BOOST_AUTO_TEST_CASE(a_path_that_only_looks_like_one_of_ours_is_not) {
    const Addresses addresses("https://example.org", "/account");
    for (const auto* path :
         {"", "/", "/account", "/accountlogin", "/accounts/login", "account/login",
          "/account/login/", "/account//login", "/account/Login", "/login", "/account/login/x",
          "//account/login", "/x/account/login"}) {
        BOOST_TEST_CONTEXT(path) {
            BOOST_TEST(!addresses.route_of(path).has_value());
        }
    }
}

BOOST_AUTO_TEST_CASE(every_route_has_a_path_of_its_own_and_is_found_by_it) {
    for (const auto* base_path : {"/account", "", "/a/b"}) {
        const Addresses addresses("https://example.org", base_path);
        std::set<std::string> paths;
        for (int number = 0; number < routes; ++number) {
            const auto route = static_cast<Route>(number);
            const auto path = addresses.path(route);
            BOOST_TEST_CONTEXT(path) {
                BOOST_TEST(paths.insert(path).second);
                BOOST_TEST((addresses.route_of(path) == route));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(addresses_are_made_of_origin_mount_and_route) {
    const Addresses addresses("https://example.org", "/account");
    BOOST_TEST(addresses.path(Route::account) == "/account/");
    BOOST_TEST(addresses.url(Route::reset_password_confirm) ==
               "https://example.org/account/reset-password/confirm");
    BOOST_TEST(addresses.asset_path("style.css") == "/account/assets/style.css");
    BOOST_TEST(Addresses("https://id.example.org", "").path(Route::account) == "/");
    BOOST_TEST(Addresses("https://id.example.org", "").path(Route::login) == "/login");
}

BOOST_AUTO_TEST_CASE(secure_is_what_the_origin_says) {
    BOOST_TEST(Addresses("https://example.org", "").secure());
    BOOST_TEST(!Addresses("http://localhost:8080", "").secure());
}

BOOST_AUTO_TEST_SUITE_END()
