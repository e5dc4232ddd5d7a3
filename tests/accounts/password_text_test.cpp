// Texts that are nearly what password.h and common_password.h look for.
#include <boost/test/unit_test.hpp>

#include "accounts/common_password.h"
#include "accounts/password.h"
#include "tests/accounts/world.h"

BOOST_AUTO_TEST_SUITE(password_text_test)

BOOST_AUTO_TEST_CASE(a_stored_hash_with_anything_else_in_it_matches_nothing_and_has_no_cost) {
    const std::string good =
        accounts::hash_password(world::good_password, world::cheap_settings().password);
    BOOST_REQUIRE(accounts::verify_password(good, world::good_password));
    BOOST_REQUIRE(good.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
    const std::string rest = good.substr(28);
    const std::string salt = rest.substr(0, rest.find('$'));
    const std::string digest = rest.substr(rest.find('$') + 1);
    for (const std::string& text :
         {"$argon2i$v=19$m=64,t=1,p=1$" + rest, "$argon2id$v=19$m=,t=1,p=1$" + rest,
          "$argon2id$v=19$m=0,t=1,p=1$" + rest,
          "$argon2id$v=19$m=99999999999999999999,t=1,p=1$" + rest,
          "$argon2id$v=19$m=64;t=1,p=1$" + rest, "$argon2id$v=19$m=64,t=0,p=1$" + rest,
          "$argon2id$v=19$m=64,t=x,p=1$" + rest, "$argon2id$v=19$m=64,t=1,p=2$" + rest,
          "$argon2id$v=19$m=64,t=1,p=1$" + salt,
          "$argon2id$v=19$m=64,t=1,p=1$" + salt + "," + digest,
          "$argon2id$v=19$m=64,t=1,p=1$*" + rest, "$argon2id$v=19$m=64,t=1,p=1$AAAA$" + digest,
          "$argon2id$v=19$m=64,t=1,p=1$" + salt + "$AAAA", good + "$"}) {
        BOOST_TEST(!accounts::verify_password(text, world::good_password), text);
        BOOST_TEST(!accounts::cost_of(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(years_of_two_centuries_are_common_and_what_begins_like_one_is_not) {
    BOOST_TEST(accounts::is_common_password("summer1987!!!!!"));
    BOOST_TEST(accounts::is_common_password("summer2024!!!!!"));
    BOOST_TEST(!accounts::is_common_password("summer2187!!!!!"));
    BOOST_TEST(!accounts::is_common_password("summer19b7!!!!!"));
}

BOOST_AUTO_TEST_CASE(what_ends_as_it_began_is_no_repetition) {
    BOOST_TEST(!accounts::is_common_password("q7#kq7"));
    BOOST_TEST(accounts::is_common_password("q7#kq7#k"));
}

BOOST_AUTO_TEST_SUITE_END()
