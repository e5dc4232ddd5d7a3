#include "base/secret.h"

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <ostream>
#include <set>
#include <string>
#include <type_traits>
#include <utility>

using base::Secret;
using namespace std::string_literals;

namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
    out << value;
};

// The 15 bytes that a short std::string keeps in itself, looked for in the object that it was in.
bool holds(const void* object, std::size_t size, std::string_view bytes) {
    return std::string_view(static_cast<const char*>(object), size).find(bytes) !=
           std::string_view::npos;
}

std::string hex(const base::Hash& hash) {
    return base::hex(base::bytes_of(hash));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(secret_test)

BOOST_AUTO_TEST_CASE(a_secret_cannot_be_printed_copied_or_taken_for_a_text) {
    static_assert(!Printable<Secret>);
    static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
    static_assert(!std::is_convertible_v<Secret, std::string_view>);
    static_assert(!std::is_convertible_v<Secret, std::string>);
    static_assert(std::is_nothrow_move_constructible_v<Secret>);
    BOOST_TEST(Printable<std::string>);
}

BOOST_AUTO_TEST_CASE(a_short_secret_leaves_nothing_where_it_was) {
    Secret first("short-secret"s);
    Secret second(std::move(first));
    BOOST_TEST(second.reveal() == "short-secret");
    BOOST_TEST(!holds(&first, sizeof first, "secret"));
    Secret third("what was here before, on the heap"s);
    third = std::move(second);
    BOOST_TEST(third.reveal() == "short-secret");
    BOOST_TEST(!holds(&second, sizeof second, "secret"));
    // A string that was moved from kept its bytes.
    std::string text = "short-secret";
    const Secret fourth(std::move(text));
    BOOST_TEST(fourth.reveal() == "short-secret");
    BOOST_TEST(!holds(&text, sizeof text, "secret"));
}

BOOST_AUTO_TEST_CASE(a_long_secret_moves_without_a_copy) {
    Secret first(std::string(100, 'x'));
    const auto* bytes = first.reveal().data();
    Secret second(std::move(first));
    BOOST_TEST(static_cast<const void*>(second.reveal().data()) == static_cast<const void*>(bytes));
    BOOST_TEST(second.size() == 100u);
}

BOOST_AUTO_TEST_CASE(moving_onto_itself_keeps_it) {
    Secret secret("kept"s);
    Secret& same = secret;
    secret = std::move(same);
    BOOST_TEST(secret.reveal() == "kept");
    BOOST_TEST((secret.clone() == secret));
}

BOOST_AUTO_TEST_CASE(wiping_also_reaches_what_a_longer_value_left_behind) {
    std::string text = "a long secret that does not fit into the object";
    const char* buffer = text.data();
    text.resize(3);
    base::wipe(text);
    BOOST_TEST(text.empty());
    text.resize(40, '.');
    BOOST_REQUIRE(text.data() == buffer);
    std::string empty;
    base::wipe(empty);
    BOOST_TEST(empty.empty());
}

BOOST_AUTO_TEST_CASE(equal_means_every_byte) {
    using base::equal_in_constant_time;
    BOOST_TEST(equal_in_constant_time("", std::string_view()));
    BOOST_TEST(equal_in_constant_time("a\0b"s, "a\0b"s));
    BOOST_TEST(!equal_in_constant_time("a\0b"s, "a\0c"s));
    BOOST_TEST(!equal_in_constant_time("a", "ab"));
    BOOST_TEST(!equal_in_constant_time("a", ""));
}

BOOST_AUTO_TEST_CASE(hashes_are_those_of_the_standards) {
    BOOST_TEST(hex(base::sha256("abc")) ==
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-4
    BOOST_TEST(hex(base::hmac_sha256(Secret("Jefe"s), "what do ya want for nothing?")) ==
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");  // RFC 4231
    BOOST_TEST(hex(base::sha256("")).starts_with("e3b0c442"));
}

BOOST_AUTO_TEST_CASE(hexadecimal_digits_are_two_a_byte) {
    BOOST_TEST(base::hex("") == "");
    BOOST_TEST(base::hex("\x0f\xa7\0"s) == "0fa700");
}

BOOST_AUTO_TEST_CASE(base64url_takes_back_only_its_own_form) {
    for (const auto* text : {"QQ==", "QR", "Q", "QUI=", "Q Q", "QQ\n", "Q+", "Q/", "QQ.", "\xff"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(!base::from_base64url(text));
        }
    }
    BOOST_TEST(!base::from_base64url("QQ\0"s));
    for (std::size_t size = 0; size < 40; ++size) {
        const Secret bytes = base::random_secret(size);
        const auto text = base::base64url(bytes.reveal());
        BOOST_TEST(text.find_first_of("+/=") == std::string::npos);
        BOOST_TEST(base::from_base64url(text).value() == bytes.reveal());
    }
    BOOST_TEST(base::base64url("\xfb\xff\xfe") == "-__-");
}

// Bug: each byte from 0x80 on was taken for "_", so that one link or cookie had many spellings.
BOOST_AUTO_TEST_CASE(every_byte_that_is_no_letter_of_base64url_is_refused) {
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (int code = 0; code < 256; ++code) {
        const char byte = static_cast<char>(code);
        const bool is_letter = letters.find(byte) != std::string_view::npos;
        BOOST_TEST(base::from_base64url(byte + "AAA"s).has_value() == is_letter, code);
    }
}

BOOST_AUTO_TEST_CASE(random_ids_are_positive_and_differ) {
    std::set<std::int64_t> seen;
    for (int turn = 0; turn < 1000; ++turn) {
        const auto id = base::random_id();
        BOOST_REQUIRE(id > 0);
        BOOST_REQUIRE(id < std::int64_t{1} << 62);
        seen.insert(id);
    }
    BOOST_TEST(seen.size() == 1000u);
    BOOST_TEST(base::random_below(1) == 0u);
    BOOST_TEST((base::random_secret(32) == base::random_secret(32)) == false);
}

BOOST_AUTO_TEST_CASE(a_guarded_secret_can_be_read_and_moved_and_signs_like_any_other) {
    const base::Secret secret("0123456789abcdef0123456789abcdef");
    base::GuardedSecret guarded(secret);
    const base::GuardedSecret moved(std::move(guarded));
    BOOST_TEST(moved.reveal() == secret.reveal());
    BOOST_TEST((base::hmac_sha256(moved, "x") == base::hmac_sha256(secret, "x")));
    BOOST_TEST(base::GuardedSecret(base::Secret()).reveal().empty());
}

// Whether the kernel lets it be written to: a write of its own process would end the test.
BOOST_AUTO_TEST_CASE(nobody_can_write_to_a_guarded_secret) {
    const base::GuardedSecret guarded(base::Secret("0123456789abcdef"));
    const std::string_view bytes = guarded.reveal();
    int ends[2];
    BOOST_REQUIRE(pipe(ends) == 0);
    BOOST_REQUIRE(write(ends[1], "x", 1) == 1);
    BOOST_TEST(read(ends[0], const_cast<char*>(bytes.data()), 1) == -1);
    BOOST_TEST(errno == EFAULT);
    close(ends[0]);
    close(ends[1]);
}

BOOST_AUTO_TEST_SUITE_END()
