// What a newcomer may rely on when looking for something.
#include <boost/test/unit_test.hpp>

#include "layout/sources.h"

BOOST_AUTO_TEST_SUITE(files_test)

namespace {

std::string name_without_extension(const layout::Source& source) {
    return std::filesystem::path(source.path).stem().string();
}

}  // namespace

BOOST_AUTO_TEST_CASE(no_file_is_longer_than_500_lines) {
    for (const std::string_view directory : {"fcgi_app", "tests", "sql", "script", "nginx"}) {
        for (const layout::Source& source : layout::sources_below(
                 directory, {".h", ".cpp", ".sql", ".py", ".js", ".tpl", ".css", ".conf", ""})) {
            const auto lines = std::ranges::count(source.text, '\n');
            BOOST_TEST(lines <= 500, source.path << " has " << lines << " lines");
        }
    }
}

// ctest runs a program by the names of its files; a suite with another name would never run.
BOOST_AUTO_TEST_CASE(every_test_file_holds_the_suite_of_its_name) {
    for (const layout::Source& source : layout::sources_below("tests", {".cpp"})) {
        if (source.folder() == "support" || source.folder() == "fuzz") continue;
        const std::string suite = name_without_extension(source);
        if (!suite.ends_with("_test")) continue;
        BOOST_TEST(source.text.find("_TEST_SUITE(" + suite) != std::string::npos, source.path);
        BOOST_TEST(source.text.find("_TEST_CASE(") != std::string::npos, source.path);
    }
}

BOOST_AUTO_TEST_CASE(every_folder_with_tests_is_listed) {
    const std::string list = layout::read_source("tests/CMakeLists.txt");
    for (const layout::Source& source : layout::sources_below("tests", {".cpp"})) {
        if (source.folder() == "support" || source.folder() == "fuzz") continue;
        BOOST_TEST(list.find(source.folder()) != std::string::npos, source.path);
        BOOST_TEST(std::filesystem::exists(std::filesystem::path(POSTERN_SOURCE_DIR) / "tests" /
                                           source.folder() / "CMakeLists.txt"),
                   source.path);
    }
}

BOOST_AUTO_TEST_CASE(every_end_to_end_test_is_listed) {
    const std::string list = layout::read_source("tests/end_to_end/CMakeLists.txt");
    for (const layout::Source& source : layout::sources_below("tests/end_to_end", {".py", ".js"})) {
        const std::string name = name_without_extension(source);
        if (!name.ends_with("_test")) continue;
        BOOST_TEST(list.find(name.substr(0, name.size() - 5)) != std::string::npos, source.path);
    }
}

BOOST_AUTO_TEST_CASE(headers_have_no_guards_but_pragma_once_and_say_what_they_are) {
    for (const layout::Source& source : layout::sources_below("fcgi_app", {".h"})) {
        BOOST_TEST(source.text.find("#pragma once") != std::string::npos, source.path);
        BOOST_TEST(source.text.starts_with("//"), source.path << " does not begin with a contract");
    }
}

BOOST_AUTO_TEST_CASE(the_changelog_has_a_place_for_what_comes) {
    BOOST_TEST(layout::read_source("CHANGELOG.md").find("\n## Unreleased\n") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
