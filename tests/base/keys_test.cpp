#include "base/keys.h"

#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/temporary_directory.h"

namespace {

// What is looked for in memory that is given back.
std::string_view freed_needle;
bool was_freed = false;

}  // namespace

// Not inlined: the compiler would see free() on what came of new.
[[gnu::noinline]] void* operator new(std::size_t size) {
    void* const memory = std::malloc(std::max<std::size_t>(size, 1));
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
    if (memory != nullptr && !freed_needle.empty()) {
        const std::string_view bytes(static_cast<const char*>(memory), malloc_usable_size(memory));
        was_freed = was_freed || bytes.find(freed_needle) != std::string_view::npos;
    }
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*size*/) noexcept {
    operator delete(memory);
}

using base::Keys;
using base::Purpose;
using base::Secret;
using namespace std::string_literals;

namespace {

Secret key_of(char byte) {
    return Secret(std::string(32, byte));
}

Keys keys_of(std::string_view bytes) {
    std::vector<Secret> keys;
    for (const char byte : bytes) keys.push_back(key_of(byte));
    return Keys(std::move(keys));
}

struct KeyFile {
    void write(const std::string& text, mode_t mode = 0600) const {
        std::ofstream(path) << text;
        chmod(path.c_str(), mode);
    }
    [[nodiscard]] std::string refusal() const {
        try {
            (void)Keys::load(path);
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "(loaded)";
    }
    support::TemporaryDirectory directory;
    std::filesystem::path path = directory.path() / "key";
};

std::string line_of(char byte) {
    return base::base64url(std::string(32, byte)) + "\n";
}

std::string text_of(const std::filesystem::path& file) {
    std::ifstream input(file);
    return {std::istreambuf_iterator<char>(input), std::istreambuf_iterator<char>()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(keys_test)

BOOST_AUTO_TEST_CASE(a_link_of_another_purpose_id_or_key_is_worthless) {
    const Keys keys = keys_of("a");
    const auto token = keys.link_token(Purpose::verify, 42);
    BOOST_TEST(!keys.id_of_link(Purpose::reset_password, token));
    BOOST_TEST(!keys_of("b").id_of_link(Purpose::verify, token));
    for (std::size_t at = 0; at < token.size(); ++at) {
        auto forged = token;
        forged[at] = forged[at] == 'A' ? 'B' : 'A';
        BOOST_TEST(!keys.id_of_link(Purpose::verify, forged));
    }
    for (const auto& text : {""s, "x"s, token + "A", token.substr(1), token + "\n", token + "=",
                             " " + token, std::string(1 << 16, 'A'), "\0"s}) {
        BOOST_TEST(!keys.id_of_link(Purpose::verify, text));
    }
    BOOST_TEST(keys.id_of_link(Purpose::verify, token).value() == 42);
}

BOOST_AUTO_TEST_CASE(a_token_stands_in_an_address_as_it_is) {
    const Keys keys = keys_of("a");
    const std::int64_t largest = (std::int64_t{1} << 62) - 1;
    const auto token = keys.link_token(Purpose::reset_password, largest);
    BOOST_TEST(token.size() == 54u);
    BOOST_TEST(std::all_of(token.begin(), token.end(), [](unsigned char byte) {
        return std::isalnum(byte) != 0 || byte == '-' || byte == '_';
    }));
    BOOST_TEST(keys.id_of_link(Purpose::reset_password, token).value() == largest);
}

BOOST_AUTO_TEST_CASE(links_outlive_the_arrival_of_a_new_key_and_die_with_their_own) {
    const auto token = keys_of("a").link_token(Purpose::verify, 7);
    const auto code = keys_of("a").code(Purpose::verify, 7);
    BOOST_TEST(keys_of("ba").id_of_link(Purpose::verify, token).value() == 7);
    BOOST_TEST(keys_of("ba").is_code(Purpose::verify, 7, code));
    BOOST_TEST(keys_of("ba").link_token(Purpose::verify, 7) ==
               keys_of("b").link_token(Purpose::verify, 7));
    BOOST_TEST(!keys_of("b").id_of_link(Purpose::verify, token));
}

BOOST_AUTO_TEST_CASE(a_code_is_six_digits_of_its_own) {
    const Keys keys = keys_of("a");
    bool has_leading_zero = false;
    for (std::int64_t id = 1; id <= 200; ++id) {
        const auto code = keys.code(Purpose::verify, id);
        BOOST_REQUIRE(code.size() == 6u);
        BOOST_REQUIRE(code.find_first_not_of("0123456789") == std::string::npos);
        has_leading_zero = has_leading_zero || code.front() == '0';
        BOOST_REQUIRE(keys.is_code(Purpose::verify, id, code));
    }
    BOOST_TEST(has_leading_zero);
    const auto code = keys.code(Purpose::verify, 1);
    BOOST_TEST(!keys.is_code(Purpose::verify, 2, code));
    BOOST_TEST(!keys.is_code(Purpose::reset_password, 1, code));
    BOOST_TEST(!keys.is_code(Purpose::verify, 1, ""));
    BOOST_TEST(!keys.is_code(Purpose::verify, 1, code + "0"));
}

BOOST_AUTO_TEST_CASE(what_is_signed_never_changes) {
    // These stand in mails that are on their way while a new version is installed.
    BOOST_TEST(keys_of("k").link_token(Purpose::verify, 1) ==
               "AAAAAAAAAAFHWtZPAbOtU5DXlj4EMbDkMMgzhdvLStSnJETWv5AlFA");
    BOOST_TEST(keys_of("k").code(Purpose::verify, 1) == "296421");
    BOOST_TEST(base::word_for(Purpose::verify) == "verify");
    BOOST_TEST(base::word_for(Purpose::reset_password) == "reset-password");
}

BOOST_AUTO_TEST_CASE(a_key_file_that_is_not_right_says_what_is_wrong) {
    const KeyFile file;
    BOOST_TEST(file.refusal() == file.path.string() + ": No such file or directory");
    file.write("");
    BOOST_TEST(file.refusal().ends_with(": holds no key"));
    file.write("# a comment\n\n");
    BOOST_TEST(file.refusal().ends_with(": holds no key"));
    const auto good = line_of('a');
    for (const auto& bad : {"short\n"s, good.substr(1), "A" + good, " " + good,
                            good.substr(0, 43) + "\r\n", good.substr(0, 43) + "=\n"}) {
        file.write("# first\n" + good + bad);
        BOOST_TEST_CONTEXT(bad) {
            BOOST_TEST(file.refusal().find(": line 3: ") != std::string::npos);
        }
        BOOST_TEST(file.refusal().find(bad.substr(0, bad.size() - 1)) == std::string::npos);
    }
    file.write(good, 0604);
    BOOST_TEST(file.refusal().find("chmod o=") != std::string::npos);
    std::filesystem::remove(file.path);
    std::filesystem::create_directory(file.path);
    chmod(file.path.c_str(), 0700);
    BOOST_TEST(file.refusal() != "(loaded)");
}

BOOST_AUTO_TEST_CASE(the_first_line_signs_and_every_line_verifies) {
    const KeyFile file;
    file.write("# new\n" + line_of('b') + "\n# old\n" + line_of('a').substr(0, 43), 0640);
    const Keys keys = Keys::load(file.path);
    BOOST_TEST(keys.link_token(Purpose::verify, 1) == keys_of("b").link_token(Purpose::verify, 1));
    BOOST_TEST(
        keys.id_of_link(Purpose::verify, keys_of("a").link_token(Purpose::verify, 1)).value() == 1);
}

BOOST_AUTO_TEST_CASE(no_part_of_a_key_stays_in_memory_that_was_given_back) {
    // The line that was read grew as it came, and each time left what it held behind.
    const KeyFile file;
    const std::string line = line_of('a');
    file.write("\n" + line);
    freed_needle = std::string_view(line).substr(0, 12);
    const Keys keys = Keys::load(file.path);
    freed_needle = {};
    BOOST_TEST(!was_freed);
}

BOOST_AUTO_TEST_CASE(an_existing_key_is_never_touched) {
    const KeyFile file;
    file.write("not even a key");
    Keys::create_if_missing(file.path);
    BOOST_TEST(text_of(file.path) == "not even a key");
}

BOOST_AUTO_TEST_CASE(of_many_creators_one_wins_and_all_read_the_same_key) {
    const KeyFile file;
    std::vector<std::thread> workers;
    std::vector<std::string> tokens(8);
    for (auto& token : tokens) {
        workers.emplace_back([&] {
            Keys::create_if_missing(file.path);
            token = Keys::load(file.path).link_token(Purpose::verify, 1);
        });
    }
    for (auto& worker : workers) worker.join();
    for (const auto& token : tokens) BOOST_TEST(token == tokens.front());
    const auto entries = std::filesystem::directory_iterator(file.directory.path());
    BOOST_TEST(std::distance(begin(entries), end(entries)) == 1);
    struct stat status {};
    BOOST_REQUIRE(stat(file.path.c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 0777U) == 0600u);
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_not_there_is_told) {
    const KeyFile file;
    BOOST_CHECK_THROW(Keys::create_if_missing(file.directory.path() / "none" / "key"),
                      std::system_error);
    BOOST_CHECK_THROW(keys_of(""), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
