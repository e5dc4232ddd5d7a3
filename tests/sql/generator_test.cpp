// cmake/queries.awk tells a mistake in sql/queries/ with file and line.
#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <fstream>
#include <string>

#include "support/temporary_directory.h"

namespace {

struct Fixture {
    support::TemporaryDirectory directory;

    void write(const std::string& name, const std::string& content) {
        std::ofstream(directory.path() / name) << content;
        files += " " + name;
    }
    // What the generator printed, the header and the complaints.
    std::string generate() {
        const std::string command = "cd " + directory.path().string() + " && awk -f " +
                                    POSTERN_SOURCE_DIR "/cmake/queries.awk" + files +
                                    " 2>&1 </dev/null";
        FILE* const pipe = popen(command.c_str(), "r");
        std::string output;
        for (int c = 0; (c = std::fgetc(pipe)) != EOF;) output.push_back(static_cast<char>(c));
        status = pclose(pipe);
        return output;
    }
    void must_refuse(const std::string& complaint) {
        const std::string output = generate();
        BOOST_TEST(status != 0);
        BOOST_TEST(output == complaint + "\n");
    }
    std::string files;
    int status = -1;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(generator_test, Fixture)

BOOST_AUTO_TEST_CASE(a_name_given_twice_is_refused) {
    write("token.sql", "-- name: find\nSELECT 1\n\n-- name: find\nSELECT 2\n");
    must_refuse("token.sql:4: the name 'find' was taken in line 1");
}

BOOST_AUTO_TEST_CASE(a_block_without_a_statement_is_refused) {
    write("token.sql", "\n-- name: find\n-- only words\n-- name: use\nSELECT 1\n");
    must_refuse("token.sql:2: the query 'find' has no statement");
}

BOOST_AUTO_TEST_CASE(an_empty_block_at_the_end_is_found_before_the_next_file) {
    write("claim.sql", "-- name: find\n");
    write("token.sql", "-- name: find\nSELECT 1\n");
    must_refuse("claim.sql:1: the query 'find' has no statement");
}

BOOST_AUTO_TEST_CASE(a_statement_without_a_name_is_refused) {
    write("token.sql", "-- tokens\nSELECT 1;\n");
    must_refuse("token.sql:2: a statement without '-- name:' before it");
}

BOOST_AUTO_TEST_CASE(a_second_statement_is_refused) {
    write("token.sql", "-- name: find\nSELECT 1;\nSELECT 2;\n");
    must_refuse("token.sql:3: a second statement in the query 'find'");
}

BOOST_AUTO_TEST_CASE(a_word_of_cpp_or_a_strange_name_is_refused) {
    write("token.sql", "-- name: delete\nSELECT 1;\n");
    must_refuse("token.sql:1: 'delete' is a word of C++; take another name");
    files.clear();
    write("token.sql", "-- name: Find It\nSELECT 1;\n");
    must_refuse("token.sql:1: a query's name is snake_case, not 'Find It'");
}

BOOST_AUTO_TEST_CASE(the_same_name_in_two_tables_gives_two_queries_and_comments_stay_outside) {
    write("claim.sql", "-- All about claims.\n\n-- What it is for.\n-- name: find\nSELECT 1;\n");
    write("token.sql", "-- name: find\n-- For readers.\nSELECT 2\nFROM token  -- all\n");
    const std::string header = generate();
    BOOST_TEST(status == 0);
    const auto has = [&](const char* text) { return header.find(text) != header.npos; };
    BOOST_TEST(has("find{\"claim.find\", R\"~(SELECT 1)~\", 0};"));
    BOOST_TEST(has("find{\"token.find\", R\"~(SELECT 2\nFROM token  -- all)~\", 1};"));
    BOOST_TEST(has("std::array<store::Query, 2> all{"));
}

BOOST_AUTO_TEST_CASE(no_files_give_no_queries) {
    BOOST_TEST(generate().find("std::array<store::Query, 0> all{};") != std::string::npos);
    BOOST_TEST(status == 0);
}

BOOST_AUTO_TEST_SUITE_END()
