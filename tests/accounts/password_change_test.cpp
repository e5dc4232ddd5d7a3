#include "accounts/password_change.h"

#include <boost/test/unit_test.hpp>

#include "accounts/password_reset.h"
#include "tests/accounts/world.h"

using accounts::PasswordChange;
using accounts::PasswordChangeResult;
using accounts::PasswordFlaw;
using world::World;

namespace {

struct Change : World {
    accounts::Account ada = add();
    accounts::NewSession here = open(ada);

    PasswordChangeResult change(std::string_view current, std::string_view wanted) {
        return accounts::change_password(domain, here.signed_in, world::device.client, current,
                                         wanted);
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(password_change_test)

BOOST_FIXTURE_TEST_CASE(whoever_does_not_know_the_current_password_changes_nothing, Change) {
    const auto there = open(ada);
    const auto link = accounts::make_reset_token(domain, ada.id).value();
    for (const char* wrong : {"", "violet harbour 1857 tim", "\xff"}) {
        BOOST_TEST((change(wrong, world::other_password) ==
                    PasswordChangeResult(PasswordChange::wrong_current)));
    }
    BOOST_TEST(is_live(there));
    BOOST_TEST(accounts::is_live_reset(domain, link));
    BOOST_TEST(opens(world::good_password));
}

BOOST_FIXTURE_TEST_CASE(a_new_password_keeps_the_rules, Change) {
    BOOST_TEST(
        (change(world::good_password, "short") == PasswordChangeResult(PasswordFlaw::too_short)));
    BOOST_TEST((change(world::good_password, "ada@EXAMPLE.org") ==
                PasswordChangeResult(PasswordFlaw::is_own_address)));
    // The same answer to whoever does not know the current one: it tells nothing of it.
    BOOST_TEST((change("wrong", "short") == PasswordChangeResult(PasswordFlaw::too_short)));
    BOOST_TEST(opens(world::good_password));
}

BOOST_FIXTURE_TEST_CASE(a_change_ends_the_other_sessions_and_every_link, Change) {
    const auto there = open(ada);
    const auto bobs = open(add("bob@example.org"));
    const auto link = accounts::make_reset_token(domain, ada.id).value();
    BOOST_TEST((change(world::good_password, world::other_password) ==
                PasswordChangeResult(PasswordChange::done)));
    BOOST_TEST(is_live(here));
    BOOST_TEST(!is_live(there));
    BOOST_TEST(is_live(bobs));
    BOOST_TEST(!accounts::is_live_reset(domain, link));
    BOOST_TEST(!opens(world::good_password));
    BOOST_TEST(opens(world::other_password));
}

BOOST_FIXTURE_TEST_CASE(who_is_locked_or_gone_meanwhile_changes_nothing, Change) {
    (void)accounts::set_state(domain, ada.id, accounts::AccountState::locked);
    BOOST_TEST((change(world::good_password, world::other_password) ==
                PasswordChangeResult(PasswordChange::wrong_current)));
    (void)accounts::delete_account(domain, ada.id);
    BOOST_TEST((change(world::good_password, world::other_password) ==
                PasswordChangeResult(PasswordChange::wrong_current)));
}

BOOST_FIXTURE_TEST_CASE(of_many_changes_at_once_one_is_done, Change) {
    const int done = world::at_once(*this, 20, [&](accounts::Domain& worker) {
        return accounts::change_password(worker, here.signed_in, "", world::good_password,
                                         world::other_password) ==
               PasswordChangeResult(PasswordChange::done);
    });
    BOOST_TEST(done == 1);
    BOOST_TEST(opens(world::other_password));
}

BOOST_AUTO_TEST_SUITE_END()
