#include "accounts/restored.h"

#include <boost/test/unit_test.hpp>

#include "accounts/password_reset.h"
#include "accounts/registration.h"
#include "accounts/world.h"

BOOST_FIXTURE_TEST_SUITE(restored_test, world::World)

// A copy may be from before a sign-in was ended, a link used, a mail sent.
BOOST_AUTO_TEST_CASE(no_sign_in_no_link_and_no_mail_comes_back_but_the_account_does) {
    const auto session = open(add());
    accounts::request_reset(domain, world::address("ada@example.org"), world::device);
    (void)accounts::register_claim(domain, world::address("bob@example.org"), std::nullopt,
                                   world::device);
    accounts::forget_what_passes(database);
    BOOST_TEST(!is_live(session));
    BOOST_TEST(!next_mail().has_value());
    BOOST_TEST(ask(world::count_tokens) == 0);
    BOOST_TEST(ask(world::count_claims) == 0);
    BOOST_TEST(opens(world::good_password));
}

BOOST_AUTO_TEST_SUITE_END()
