// What a newcomer may rely on when looking for something.
#include <boost/test/unit_test.hpp>
#include <set>
#include <sstream>

#include "layout/sources.h"

BOOST_AUTO_TEST_SUITE(files_test)

namespace {

std::string name_without_extension(const layout::Source& source) {
    return std::filesystem::path(source.path).stem().string();
}

// What "foreach(name a b c)" of a file of CMake names.
std::set<std::string> words_of_loop(std::string_view file, std::string_view loop) {
    const std::string text = layout::read_source(file);
    const std::size_t begin = text.find(loop);
    BOOST_REQUIRE(begin != std::string::npos);
    std::istringstream words(
        text.substr(begin + loop.size(), text.find(')', begin) - begin - loop.size()));
    return {std::istream_iterator<std::string>(words), {}};
}

}  // namespace

BOOST_AUTO_TEST_CASE(no_file_is_longer_than_500_lines) {
    for (const std::string_view directory :
         {"fcgi_app", "tests", "sql", "script", "nginx", "systemd", "bench", "cmake"}) {
        for (const layout::Source& source :
             layout::sources_below(directory, {".h", ".cpp", ".sql", ".py", ".js", ".mjs", ".tpl",
                                               ".css", ".conf", ".cmake", ".awk", ".sh", ""})) {
            const auto lines = std::ranges::count(source.text, '\n');
            BOOST_TEST(lines <= 500, source.path << " has " << lines << " lines");
        }
    }
}

// ctest runs a program by the names of its files; a suite with another name would never run.
BOOST_AUTO_TEST_CASE(every_test_file_holds_the_suite_of_its_name_and_no_other) {
    for (const layout::Source& source : layout::sources_below("tests", {".cpp"})) {
        if (source.folder() == "support" || source.folder() == "fuzz") continue;
        const std::string suite = name_without_extension(source);
        if (!suite.ends_with("_test")) continue;
        std::vector<std::string> suites;
        for (const std::string& line : layout::lines_of(source.text)) {
            if (!line.starts_with("BOOST_") || line.find("_TEST_SUITE(") == line.npos) continue;
            const auto start = line.find('(') + 1;
            suites.push_back(line.substr(start, line.find_first_of(",)") - start));
        }
        BOOST_TEST(suites == std::vector{suite}, source.path);
        BOOST_TEST(source.text.find("_TEST_CASE(") != std::string::npos, source.path);
    }
}

BOOST_AUTO_TEST_CASE(every_folder_with_tests_is_listed) {
    const auto listed = words_of_loop("tests/CMakeLists.txt", "foreach(folder ");
    for (const layout::Source& source : layout::sources_below("tests", {".cpp", ".py"})) {
        if (name_without_extension(source).ends_with("_test")) {
            BOOST_TEST(listed.contains(source.folder()), source.path);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_end_to_end_test_is_listed) {
    std::set<std::string> there;
    for (const layout::Source& source : layout::sources_below("tests/end_to_end", {".py"})) {
        const std::string name = name_without_extension(source);
        if (name.ends_with("_test")) there.insert(name.substr(0, name.size() - 5));
    }
    const auto listed = words_of_loop("tests/end_to_end/CMakeLists.txt", "foreach(name ");
    BOOST_TEST(listed == there, boost::test_tools::per_element());
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
