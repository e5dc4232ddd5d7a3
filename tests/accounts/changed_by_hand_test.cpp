// Rows that somebody changed past Postern, with the sqlite3 of the machine say: nobody gets in by
// them who should not, and nobody is kept from what is his.
#include <boost/test/unit_test.hpp>

#include <thread>

#include "accounts/audit.h"
#include "accounts/password_change.h"
#include "accounts/password_reset.h"
#include "accounts/registration.h"
#include "accounts/session.h"
#include "tests/accounts/world.h"
#include "tests/store/scratch.h"

using world::address;
using world::World;

namespace {

const auto count_accounts = world::query("SELECT count(*) FROM account");
const auto count_used = world::query("SELECT count(*) FROM claim WHERE used_at IS NOT NULL");
const auto let_decoys_prove = world::query("UPDATE claim SET is_decoy = 0");
const auto lock_everybody = world::query("UPDATE account SET state = 'locked'");
const auto mail_all_claims = world::query("UPDATE claim SET mailed_at = $1");
const auto break_addresses = world::query("UPDATE account SET email = 'nobody'");

struct ByHand : World {
    accounts::Account ada = add();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(changed_by_hand_test, ByHand)

BOOST_AUTO_TEST_CASE(a_decoy_made_to_prove_opens_no_second_account_of_an_address) {
    const auto ticket =
        accounts::register_claim(domain, address("ada@example.org"), std::nullopt, world::device);
    const auto claim = accounts::find_claim(domain, ticket.cookie.reveal()).value();
    tell(let_decoys_prove);
    const auto result =
        accounts::verify_by_link(domain, keys.link_token(base::Purpose::verify, claim.id),
                                 world::other_password, world::device);
    BOOST_TEST((std::get<accounts::VerifyRefusal>(result) == accounts::VerifyRefusal::dead));
    BOOST_TEST(ask(count_accounts) == 1);
    BOOST_TEST(ask(count_used) == 0);
    BOOST_TEST(opens(world::good_password));
    BOOST_TEST(!opens(world::other_password));
}

BOOST_AUTO_TEST_CASE(an_account_locked_while_its_new_password_is_hashed_does_not_get_it) {
    const auto link = accounts::make_reset_token(domain, ada.id).value();
    accounts::ResetResult result = accounts::ResetOutcome::done;
    store::Transaction operator_(database);
    std::thread visitor([&] {
        world::Worker worker(static_cast<world::Shared&>(*this));
        result = accounts::confirm_reset(worker.domain, link, world::other_password, "");
    });
    while (!scratch::somebody_waits_at_the_gate_of(file)) std::this_thread::yield();
    operator_.run(lock_everybody);
    operator_.commit();
    visitor.join();
    BOOST_TEST((result == accounts::ResetResult(accounts::ResetOutcome::dead)));
    BOOST_TEST(accounts::set_state(domain, ada.id, accounts::AccountState::active));
    BOOST_TEST(opens(world::good_password));
}

BOOST_AUTO_TEST_CASE(a_resend_that_finds_another_just_done_sends_no_second_mail) {
    const auto ticket =
        accounts::register_claim(domain, address("eve@example.org"), std::nullopt, world::device);
    clock.advance(accounts::resend_cooldown);
    accounts::Resend result{accounts::Resend::Outcome::sent};
    store::Transaction other(database);
    std::thread visitor([&] {
        world::Worker worker(static_cast<world::Shared&>(*this));
        result = accounts::resend_claim(worker.domain, ticket.cookie.reveal(), world::device);
    });
    while (!scratch::somebody_waits_at_the_gate_of(file)) std::this_thread::yield();
    other.run(mail_all_claims, clock.now());
    other.commit();
    visitor.join();
    BOOST_TEST((result.outcome == accounts::Resend::Outcome::too_soon));
    BOOST_TEST(result.retry_after == accounts::resend_cooldown);
    BOOST_TEST(next_mail().has_value());
    BOOST_TEST(!next_mail().has_value());
}

BOOST_AUTO_TEST_CASE(an_account_without_a_real_address_can_change_its_password_and_gets_no_mail) {
    tell(break_addresses);
    const auto session = open(accounts::find_account(domain, ada.id).value());
    const auto result = accounts::change_password(domain, session.signed_in, world::device.client,
                                                  world::good_password, world::other_password);
    BOOST_TEST((result == accounts::PasswordChangeResult(accounts::PasswordChange::done)));
    BOOST_TEST(!next_mail());
}

BOOST_AUTO_TEST_CASE(an_anchor_of_the_right_row_with_another_hash_does_not_hold) {
    auto head = accounts::audit_head(database);
    BOOST_TEST(accounts::verify_audit(database, head).anchor_holds);
    head.hash.front() = head.hash.front() == 0 ? 1 : 0;
    BOOST_TEST(!accounts::verify_audit(database, head).anchor_holds);
}

BOOST_AUTO_TEST_CASE(a_browser_that_names_itself_in_no_characters_has_no_name) {
    store::Transaction transaction(database);
    (void)accounts::start_session(transaction, domain, ada, false,
                                  {"203.0.113.7", std::string(300, '\x80')});
    transaction.commit();
    BOOST_TEST(accounts::list_sessions(domain, ada.id).front().agent == "");
}

BOOST_AUTO_TEST_SUITE_END()
