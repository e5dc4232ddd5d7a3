// No path of ours is spelled twice: links, redirects, forms and mails are made from route names.
#include <boost/test/unit_test.hpp>
#include <regex>

#include "base/routes.h"
#include "layout/sources.h"

BOOST_AUTO_TEST_SUITE(paths_test)

namespace {

std::vector<std::string> paths_of_routes() {
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < base::route_count; ++i) {
        const std::string_view path = base::path_below_mount(static_cast<base::Route>(i));
        if (!path.empty()) paths.push_back("/" + std::string(path));
    }
    return paths;
}

bool spells(std::string_view text, std::string_view path) {
    const std::size_t at = text.find(path);
    if (at == std::string_view::npos) return false;
    const std::string_view rest = text.substr(at + path.size());
    return rest.empty() || std::string_view("/?#\"'& ").find(rest.front()) != rest.npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_spelled_path_is_found) {
    BOOST_TEST(spells("/account/login", "/login"));
    BOOST_TEST(spells("https://example.org/account/verify?token=x", "/verify"));
    BOOST_TEST(!spells("accounts/session.h", "/session"));
    BOOST_TEST(layout::string_literals("a(\"x\\\"/login\"); // \"/logout\"").at(0) == "x\"/login");
    BOOST_TEST(layout::string_literals("// \"/logout\"").empty());
}

BOOST_AUTO_TEST_CASE(the_code_spells_a_path_in_one_place_only) {
    const std::vector<std::string> paths = paths_of_routes();
    BOOST_REQUIRE(paths.size() > 10);
    for (const layout::Source& source : layout::sources_below("fcgi_app", {".h", ".cpp"})) {
        for (const std::string& literal : layout::string_literals(source.text)) {
            for (const std::string& path : paths)
                BOOST_TEST(!spells(literal, path), source.path << " spells " << literal);
        }
    }
}

BOOST_AUTO_TEST_CASE(templates_link_to_names) {
    const std::regex link(R"re((href|action|src|formaction)="([^"]*)")re");
    for (const layout::Source& source : layout::sources_below("fcgi_app", {".tpl"})) {
        for (std::sregex_iterator match(source.text.begin(), source.text.end(), link), end;
             match != end; ++match) {
            const std::string target = match->str(2);
            const bool by_name = target.starts_with("{{") || target.starts_with("#");
            BOOST_TEST(by_name, source.path << " links to " << target);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
