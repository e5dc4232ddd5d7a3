#include "accounts/password.h"

#include <boost/test/unit_test.hpp>

#include "accounts/common_password.h"
#include "tests/accounts/world.h"

using accounts::PasswordFlaw;

namespace {

const accounts::PasswordSettings settings = world::cheap_settings().password;

std::optional<PasswordFlaw> flaw_of(std::string_view password) {
    return accounts::check_password(password, "ada.lovelace@example.org", settings);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(password_test)

BOOST_AUTO_TEST_CASE(what_is_no_text_is_no_password) {
    BOOST_TEST((flaw_of("violet harbour \xff\xfe tin") == PasswordFlaw::not_text));
    BOOST_TEST((flaw_of(std::string("violet\0harbour 1857", 19)) == PasswordFlaw::not_text));
    BOOST_TEST((flaw_of("violet harbour \xc0\xaf tin") == PasswordFlaw::not_text));
}

BOOST_AUTO_TEST_CASE(length_is_counted_in_characters_of_the_normal_form) {
    BOOST_TEST((flaw_of("") == PasswordFlaw::too_short));
    BOOST_TEST((flaw_of("violet harbour") == PasswordFlaw::too_short));  // 14
    BOOST_TEST(!flaw_of("violet harbours"));
    BOOST_TEST((flaw_of("éèêëàâäîïôöûüç") == PasswordFlaw::too_short));  // 28 bytes
    BOOST_TEST((flaw_of("violet harbou\x72\xcc\x81") == PasswordFlaw::too_short));
    BOOST_TEST(!flaw_of("éèêëàâäîïôöûüçñ"));
}

BOOST_AUTO_TEST_CASE(a_thousand_and_twenty_four_bytes_are_the_end) {
    std::string password;
    while (password.size() < 1'024) password += std::to_string(password.size()) + " sheep, ";
    password.resize(1'024);
    BOOST_TEST(!flaw_of(password));
    BOOST_TEST((flaw_of(password + "x") == PasswordFlaw::too_long));
}

BOOST_AUTO_TEST_CASE(the_visitors_own_address_is_refused_in_any_case) {
    BOOST_TEST((flaw_of("ada.lovelace@example.org") == PasswordFlaw::is_own_address));
    BOOST_TEST((flaw_of("Ada.Lovelace@Example.ORG") == PasswordFlaw::is_own_address));
    auto shorter = settings;
    shorter.min_length = 8;
    BOOST_TEST((accounts::check_password("ADA.lovelace", "ada.lovelace@example.org", shorter) ==
                PasswordFlaw::is_own_address));
}

BOOST_AUTO_TEST_CASE(the_names_of_product_and_site_are_refused) {
    BOOST_TEST((flaw_of("Accounts.Example.org") == PasswordFlaw::is_site_name));
    auto named = settings;
    named.product_name = "The Harbour Club";
    BOOST_TEST(
        (accounts::check_password("the harbour club", "", named) == PasswordFlaw::is_site_name));
}

BOOST_AUTO_TEST_CASE(only_the_whole_password_is_compared_not_its_parts) {
    BOOST_TEST(!flaw_of("ada.lovelace@example.org!"));
    BOOST_TEST(!flaw_of("my accounts.example.org"));
    BOOST_TEST(!flaw_of("postern and password"));
    BOOST_TEST(!flaw_of("a password of many words"));
    BOOST_TEST(!flaw_of("correct horse battery staple"));
}

BOOST_AUTO_TEST_CASE(common_passwords_are_refused_however_they_are_written) {
    for (const char* common : {"password12345678",
                               "PASSWORD12345678",
                               "PasswordPassword",
                               "passwordpasswordpassw",
                               "aaaaaaaaaaaaaaa",
                               "123456789012345",
                               "987654321098765",
                               "abcdefghijklmnopqrstuvwxyz",
                               "zyxwvutsrqponmlk",
                               "qwertyuiopasdfghjkl",
                               "lkjhgfdsapoiuytrewq",
                               "1qaz2wsx3edc4rfv",
                               "1q2w3e4r5t6y7u8i",
                               "iloveyou1234567",
                               "Summer2024!!!!!",
                               "123456qwertyuiop",
                               "qwerty1234567890",
                               "ab1!ab1!ab1!ab1!",
                               "hunter2hunter2hunter2",
                               "letmeinletmeinletmein",
                               "thequickbrownfoxjumpsoverthelazydog",
                               "maytheforcebewithyou",
                               "ééééééééééééééé"}) {
        BOOST_TEST((flaw_of(common) == PasswordFlaw::too_common), common);
    }
}

BOOST_AUTO_TEST_CASE(a_hundred_kilobytes_of_one_letter_take_no_time) {
    BOOST_TEST((flaw_of(std::string(100'000, 'a')) == PasswordFlaw::too_long));
    BOOST_TEST((flaw_of(std::string(1'024, 'a')) == PasswordFlaw::too_common));
    BOOST_TEST(!accounts::is_common_password(std::string(1'023, 'a') + "b"));
}

BOOST_AUTO_TEST_CASE(a_wrong_password_does_not_match_its_hash) {
    const std::string hash = accounts::hash_password(world::good_password, settings);
    BOOST_TEST(!accounts::verify_password(hash, "violet harbour 1857 tim"));
    BOOST_TEST(!accounts::verify_password(hash, ""));
    BOOST_TEST(!accounts::verify_password(hash, world::good_password + std::string(1, '\0')));
    BOOST_TEST(!accounts::verify_password(hash, "violet harbour \xff"));
    BOOST_TEST(accounts::verify_password(hash, world::good_password));
}

BOOST_AUTO_TEST_CASE(a_hash_that_cannot_be_read_matches_nothing) {
    const std::string hash = accounts::hash_password(world::good_password, settings);
    BOOST_TEST(!accounts::verify_password("", world::good_password));
    BOOST_TEST(!accounts::verify_password("plain", "plain"));
    BOOST_TEST(!accounts::verify_password(hash.substr(0, 40), world::good_password));
    BOOST_TEST(!accounts::verify_password(hash + std::string(200, 'x'), world::good_password));
}

BOOST_AUTO_TEST_CASE(two_spellings_of_one_character_are_one_password) {
    const std::string composed = "caf\xc3\xa9 on the harbour";
    const std::string decomposed = "cafe\xcc\x81 on the harbour";
    const std::string hash = accounts::hash_password(decomposed, settings);
    BOOST_TEST(accounts::verify_password(hash, composed));
}

BOOST_AUTO_TEST_CASE(a_hash_names_its_algorithm_and_cost_and_never_repeats) {
    const std::string hash = accounts::hash_password(world::good_password, settings);
    BOOST_TEST(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
    BOOST_TEST(hash != accounts::hash_password(world::good_password, settings));
}

BOOST_AUTO_TEST_CASE(nothing_is_never_right) {
    BOOST_TEST(!accounts::verify_nothing(world::good_password, settings));
    BOOST_TEST(!accounts::verify_nothing("", settings));
    BOOST_TEST(!accounts::verify_nothing("\xff", settings));
}

BOOST_AUTO_TEST_CASE(another_cost_asks_for_a_new_hash) {
    const std::string hash = accounts::hash_password(world::good_password, settings);
    BOOST_TEST(!accounts::needs_rehash(hash, settings));
    auto dearer = settings;
    dearer.memory_kib = 128;
    BOOST_TEST(accounts::needs_rehash(hash, dearer));
    dearer = settings;
    dearer.passes = 2;
    BOOST_TEST(accounts::needs_rehash(hash, dearer));
    BOOST_TEST(accounts::needs_rehash("plain", settings));
}

BOOST_AUTO_TEST_CASE(no_memory_is_a_failure_and_not_a_wrong_password) {
    if (!world::can_forbid_hashing()) return;
    auto huge = settings;
    huge.memory_kib = world::more_than_there_is;
    BOOST_CHECK_THROW((void)accounts::hash_password(world::good_password, huge),
                      accounts::HashingFailed);
    BOOST_CHECK_THROW((void)accounts::verify_nothing(world::good_password, huge),
                      accounts::HashingFailed);
    std::string hash = accounts::hash_password(world::good_password, settings);
    hash.replace(hash.find("m=64,"), 5, "m=2147483648,");
    BOOST_CHECK_THROW((void)accounts::verify_password(hash, world::good_password),
                      accounts::HashingFailed);
}

BOOST_AUTO_TEST_SUITE_END()
