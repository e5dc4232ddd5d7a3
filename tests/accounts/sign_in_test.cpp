#include "accounts/sign_in.h"

#include <boost/test/unit_test.hpp>

#include "accounts/credentials.h"
#include "accounts/password.h"
#include "accounts/password_reset.h"
#include "tests/accounts/world.h"

using world::count_sessions;
using world::World;

namespace {

struct SignIn : World {
    accounts::Account ada = add();

    std::optional<accounts::NewSession> enter(
        std::string_view email, std::string_view password,
        const std::optional<accounts::SignedIn>& previous = std::nullopt) {
        return world::session_of(
            accounts::sign_in(domain, email, password, false, world::device, previous));
    }
    std::string hash() { return accounts::find_credentials(domain, ada.id)->password_hash; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(sign_in_test)

BOOST_FIXTURE_TEST_CASE(nobody_gets_in_with_anything_wrong, SignIn) {
    BOOST_TEST(!enter("ada@example.org", world::other_password));
    BOOST_TEST(!enter("ada@example.org", ""));
    BOOST_TEST(!enter("ada@example.org", std::string(60'000, 'x')));
    BOOST_TEST(!enter("ada@example.org", "\xff\xff"));
    BOOST_TEST(!enter("eve@example.org", world::good_password));
    BOOST_TEST(!enter("ada", world::good_password));
    BOOST_TEST(!enter("", world::good_password));
    BOOST_TEST(!enter("ada@example.org\r\nRCPT TO:<x>", world::good_password));
    BOOST_TEST(!enter("' OR 1=1 --", world::good_password));
    BOOST_TEST(ask(count_sessions) == 0);
}

BOOST_FIXTURE_TEST_CASE(a_locked_account_looks_like_a_wrong_password, SignIn) {
    (void)accounts::set_state(domain, ada.id, accounts::AccountState::locked);
    BOOST_TEST(!enter("ada@example.org", world::good_password));
    BOOST_TEST(ask(count_sessions) == 0);
    (void)accounts::set_state(domain, ada.id, accounts::AccountState::active);
    BOOST_TEST(enter("ada@example.org", world::good_password).has_value());
}

BOOST_FIXTURE_TEST_CASE(an_unknown_address_and_one_that_is_none_cost_a_hash_too, SignIn) {
    if (!world::can_forbid_hashing()) return;
    settings.password.memory_kib = world::more_than_there_is;
    BOOST_CHECK_THROW((void)enter("eve@example.org", "x"), accounts::HashingFailed);
    BOOST_CHECK_THROW((void)enter("no address", "x"), accounts::HashingFailed);
    BOOST_TEST(!enter("ada@example.org", "x"));  // its own hash is cheap
}

BOOST_FIXTURE_TEST_CASE(a_locked_account_costs_a_hash_and_is_never_given_a_new_one, SignIn) {
    if (!world::can_forbid_hashing()) return;
    (void)accounts::set_state(domain, ada.id, accounts::AccountState::locked);
    settings.password.memory_kib = world::more_than_there_is;
    BOOST_TEST(!enter("ada@example.org", world::good_password));
    tell(
        world::query("UPDATE account SET password_hash = "
                     "replace(password_hash, 'm=64', 'm=2147483648')"));
    BOOST_CHECK_THROW((void)enter("ada@example.org", "x"), accounts::HashingFailed);
}

BOOST_FIXTURE_TEST_CASE(the_right_password_starts_a_session, SignIn) {
    const auto entered = enter(" ADA@Example.org ", world::good_password);
    BOOST_TEST_REQUIRE(entered.has_value());
    BOOST_TEST(entered->cookie.size() == 43U);
    BOOST_TEST(entered->signed_in.account.id == ada.id);
    BOOST_TEST(!entered->signed_in.session.remembered);
    BOOST_TEST(is_live(*entered));
    const auto remembered = world::session_of(accounts::sign_in(
        domain, "ada@example.org", world::good_password, true, world::device, std::nullopt));
    BOOST_TEST(remembered->signed_in.session.remembered);
    BOOST_TEST(is_live(*entered));  // another browser's
}

BOOST_FIXTURE_TEST_CASE(the_browsers_earlier_session_ends_whoevers_it_was, SignIn) {
    const auto bobs = open(add("bob@example.org"));
    BOOST_TEST(!enter("ada@example.org", world::other_password, bobs.signed_in));
    BOOST_TEST(is_live(bobs));
    const auto adas = enter("ada@example.org", world::good_password, bobs.signed_in);
    BOOST_TEST(!is_live(bobs));
    BOOST_TEST(is_live(*adas));
    const auto again = enter("ada@example.org", world::good_password, adas->signed_in);
    BOOST_TEST(!is_live(*adas));
    BOOST_TEST(is_live(*again));
}

BOOST_FIXTURE_TEST_CASE(a_changed_cost_renews_the_hash_at_the_next_sign_in, SignIn) {
    const std::string old = hash();
    BOOST_TEST(enter("ada@example.org", world::good_password).has_value());
    BOOST_TEST(hash() == old);
    settings.password.memory_kib = 128;
    BOOST_TEST(!enter("ada@example.org", world::other_password));
    BOOST_TEST(hash() == old);
    BOOST_TEST(enter("ada@example.org", world::good_password).has_value());
    BOOST_TEST(hash().starts_with("$argon2id$v=19$m=128,t=1,p=1$"));
    BOOST_TEST(enter("ada@example.org", world::good_password).has_value());
}

BOOST_FIXTURE_TEST_CASE(sign_ins_at_once_after_a_changed_cost_all_succeed, SignIn) {
    settings.password.memory_kib = 128;
    const int entered = world::at_once(*this, 12, [](accounts::Domain& worker) {
        return world::session_of(accounts::sign_in(worker, "ada@example.org", world::good_password,
                                                   false, world::device, std::nullopt))
            .has_value();
    });
    BOOST_TEST(entered == 12);
    BOOST_TEST(ask(count_sessions) == 12);
}

BOOST_FIXTURE_TEST_CASE(no_session_with_the_old_password_survives_a_reset_beside_it, SignIn) {
    for (int round = 0; round < 10; ++round) {
        const bool is_even = round % 2 == 0;
        const std::string& before = is_even ? world::good_password : world::other_password;
        const std::string& after = is_even ? world::other_password : world::good_password;
        const auto link = accounts::make_reset_token(domain, ada.id).value();
        std::atomic<bool> is_resetter = true;
        world::at_once(*this, 8, [&](accounts::Domain& worker) {
            if (is_resetter.exchange(false)) {
                return accounts::confirm_reset(worker, link, after, "") ==
                       accounts::ResetResult(accounts::ResetOutcome::done);
            }
            return world::session_of(accounts::sign_in(worker, "ada@example.org", before, false,
                                                       world::device, std::nullopt))
                .has_value();
        });
        BOOST_TEST(ask(count_sessions) == 0);
    }
}

BOOST_AUTO_TEST_SUITE_END()
