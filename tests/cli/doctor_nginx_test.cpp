// The tree that the doctor makes of `nginx -T`.
#include "cli/doctor_nginx.h"

#include <boost/test/unit_test.hpp>

using cli::doctor::Location;

BOOST_AUTO_TEST_SUITE(doctor_nginx_test)

namespace {

const std::string dump = R"(nginx: the configuration file /etc/nginx/nginx.conf syntax is ok
# configuration file /etc/nginx/nginx.conf:
events { }
http {
    include sites/*.conf;  # a comment; with { marks }
    proxy_set_header Host $host;
}

# configuration file /etc/nginx/sites/a.conf:
server {
    server_name example.org;
    auth_request /_postern/check;
    location /plain/ { proxy_pass http://127.0.0.1:1; }
    location ~ "^/a{2}\"/" { auth_request off; proxy_set_header X "a; b"; }
    location = /whole {
        include snippets/none.conf;
        rewrite ^/(.*)$ /${scheme}/$1;
        location /whole/inner { }
    }
}

# configuration file /etc/nginx/sites/.hidden.conf:
server { location /hidden { } }
)";

}  // namespace

BOOST_AUTO_TEST_CASE(includes_stand_where_nginx_reads_them) {
    const auto top = cli::doctor::parse_dump(dump);
    BOOST_REQUIRE_EQUAL(top.size(), 2);
    const auto& http = top.at(1).block;
    BOOST_REQUIRE_EQUAL(http.size(), 2);
    BOOST_TEST(http.at(0).name == "server");
    BOOST_TEST(http.at(0).place == "/etc/nginx/sites/a.conf:1");
    BOOST_TEST(http.at(1).place == "/etc/nginx/nginx.conf:4");
}

BOOST_AUTO_TEST_CASE(a_location_takes_the_innermost_level_that_has_any) {
    const auto top = cli::doctor::parse_dump(dump);
    const auto locations = cli::doctor::locations_of(top);
    BOOST_REQUIRE_EQUAL(locations.size(), 4);
    const Location& plain = locations.at(0);
    BOOST_TEST(plain.asks_postern());
    BOOST_TEST(plain.path().value() == "/plain/");
    BOOST_TEST(plain.effective("proxy_set_header").front()->words.front() == "Host");
    const Location& pattern = locations.at(1);
    BOOST_TEST(!pattern.asks_postern());
    BOOST_TEST(!pattern.path().has_value());
    BOOST_REQUIRE_EQUAL(pattern.effective("proxy_set_header").size(), 1);
    BOOST_TEST(pattern.effective("proxy_set_header").front()->words.back() == "a; b");
}

BOOST_AUTO_TEST_CASE(words_and_nested_locations_are_whole) {
    const auto top = cli::doctor::parse_dump(dump);
    const auto locations = cli::doctor::locations_of(top);
    const auto& whole = locations.at(2);
    BOOST_TEST(whole.title() == "location = /whole (/etc/nginx/sites/a.conf:6)");
    BOOST_TEST(whole.own().block.front().words.back() == "/${scheme}/$1");
    BOOST_TEST(locations.at(3).asks_postern());
    BOOST_TEST(locations.at(3).server().name == "server");
}

BOOST_AUTO_TEST_CASE(a_host_that_no_server_names_is_that_of_the_default_server) {
    const auto count = [](std::string_view servers, std::string_view wanted) {
        const auto top = cli::doctor::parse_dump(
            "# configuration file /n:\nhttp { upstream u { } " + std::string(servers) + " }");
        std::string places;
        for (const auto* server : cli::doctor::servers_of(top, "example.org")) {
            places += server->block.back().words.front();
        }
        BOOST_TEST(places == wanted, servers);
    };
    count("", "");
    count("server { return 1; } server { return 2; }", "1");
    count("server { return 1; } server { listen 80 default_server; return 2; }", "2");
    count(
        "server { listen 80 default_server; return 1; } "
        "server { server_name www.example.org example.org; return 2; } "
        "server { server_name example.org; return 3; }",
        "23");
}

BOOST_AUTO_TEST_CASE(what_nginx_would_refuse_gives_some_tree) {
    for (const char* text : {"", "no dump", "# configuration file", "# configuration file /a:\n}}}",
                             "# configuration file /a:\nhttp { server { location \"x",
                             "# configuration file /a:\ninclude /a;\nhttp { include a; }"}) {
        BOOST_CHECK_NO_THROW((void)cli::doctor::locations_of(cli::doctor::parse_dump(text)));
    }
}

BOOST_AUTO_TEST_SUITE_END()
