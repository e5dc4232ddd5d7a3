#include "accounts/password_reset.h"

#include <boost/test/unit_test.hpp>

#include "accounts/session.h"
#include "sql.h"
#include "tests/accounts/world.h"

using accounts::PasswordFlaw;
using accounts::ResetOutcome;
using accounts::ResetResult;
using base::hour;
using world::address;
using world::count_mails;
using world::count_tokens;
using world::World;

namespace {

struct Reset : World {
    accounts::Account ada = add();

    // The link in the mail; nothing when the mail is a decoy.
    std::optional<std::string> link_for(std::string_view email = "ada@example.org") {
        accounts::request_reset(domain, address(email), world::device);
        const auto mail = next_mail().value();
        if (mail.kind != mail::Kind::reset_password) return std::nullopt;
        BOOST_TEST(mail.recipient.text() == email);
        return keys.link_token(base::Purpose::reset_password, mail.subject_id);
    }
    ResetResult confirm(std::string_view link, std::string_view password = world::other_password) {
        return accounts::confirm_reset(domain, link, password, world::device.client);
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(password_reset_test)

BOOST_FIXTURE_TEST_CASE(a_text_that_we_did_not_sign_does_not_reach_the_database, Reset) {
    const std::string link = link_for().value();
    const auto id = keys.id_of_link(base::Purpose::reset_password, link).value();
    const auto before = store::times_run(sql::token::find);
    for (const std::string& text :
         {std::string(), link.substr(1), link + "A", keys.link_token(base::Purpose::verify, id),
          std::string(54, 'A'), std::string(60'000, 'A')}) {
        BOOST_TEST(!accounts::is_live_reset(domain, text));
        BOOST_TEST((confirm(text) == ResetResult(ResetOutcome::dead)));
    }
    BOOST_TEST(store::times_run(sql::token::find) == before);
    BOOST_TEST(opens(world::good_password));
}

BOOST_FIXTURE_TEST_CASE(an_unknown_or_locked_address_takes_the_same_steps_and_gets_no_link, Reset) {
    (void)accounts::set_state(domain, add("bob@example.org").id, accounts::AccountState::locked);
    const auto steps = [&](const char* email) {
        return world::steps_of(
            [&] { accounts::request_reset(domain, address(email), world::device); });
    };
    const auto expected = steps("ada@example.org");
    BOOST_TEST((steps("eve@example.org") == expected));
    BOOST_TEST((steps("bob@example.org") == expected));
    BOOST_TEST(ask(count_tokens) == 3);
    BOOST_TEST(ask(count_mails) == 3);
    BOOST_TEST(!link_for("eve@example.org"));
    BOOST_TEST(!link_for("bob@example.org"));
}

BOOST_FIXTURE_TEST_CASE(the_token_of_a_decoy_opens_nothing, Reset) {
    accounts::request_reset(domain, address("eve@example.org"), world::device);
    const auto link = keys.link_token(base::Purpose::reset_password, next_mail()->subject_id);
    BOOST_TEST(!accounts::is_live_reset(domain, link));
    BOOST_TEST((confirm(link) == ResetResult(ResetOutcome::dead)));
}

BOOST_FIXTURE_TEST_CASE(a_link_lives_an_hour_and_looking_at_it_changes_nothing, Reset) {
    const std::string link = link_for().value();
    clock.advance(1 * hour - 1);
    for (int i = 0; i < 3; ++i) BOOST_TEST(accounts::is_live_reset(domain, link));
    clock.advance(1);
    BOOST_TEST(!accounts::is_live_reset(domain, link));
    BOOST_TEST((confirm(link) == ResetResult(ResetOutcome::dead)));
    BOOST_TEST(opens(world::good_password));
}

BOOST_FIXTURE_TEST_CASE(a_password_against_the_rules_does_not_use_the_link_up, Reset) {
    const std::string link = link_for().value();
    BOOST_TEST((confirm(link, "short") == ResetResult(PasswordFlaw::too_short)));
    BOOST_TEST((confirm(link, "aaaaaaaaaaaaaaaa") == ResetResult(PasswordFlaw::too_common)));
    BOOST_TEST((confirm(link, "ADA@example.org") == ResetResult(PasswordFlaw::is_own_address)));
    BOOST_TEST((confirm(link) == ResetResult(ResetOutcome::done)));
}

BOOST_FIXTURE_TEST_CASE(a_later_link_kills_the_earlier_one_of_that_account_alone, Reset) {
    add("bob@example.org");
    const std::string bobs = link_for("bob@example.org").value();
    const std::string first = link_for().value();
    const std::string second = link_for().value();
    BOOST_TEST(!accounts::is_live_reset(domain, first));
    BOOST_TEST((confirm(first) == ResetResult(ResetOutcome::dead)));
    BOOST_TEST(accounts::is_live_reset(domain, second));
    BOOST_TEST(accounts::is_live_reset(domain, bobs));
}

BOOST_FIXTURE_TEST_CASE(an_account_has_one_row_however_often_it_is_asked_for, Reset) {
    for (int i = 0; i < 20; ++i)
        accounts::request_reset(domain, address("ada@example.org"), world::device);
    BOOST_TEST(ask(count_tokens) == 1);
}

BOOST_FIXTURE_TEST_CASE(a_reset_ends_every_session_and_signs_nobody_in, Reset) {
    const auto here = open(ada);
    const auto there = open(ada, true);
    const auto bobs = open(add("bob@example.org"));
    BOOST_TEST((confirm(link_for().value()) == ResetResult(ResetOutcome::done)));
    BOOST_TEST(!is_live(here));
    BOOST_TEST(!is_live(there));
    BOOST_TEST(is_live(bobs));
    BOOST_TEST(accounts::list_sessions(domain, ada.id).empty());
    BOOST_TEST(!opens(world::good_password));
    BOOST_TEST(opens(world::other_password));
}

BOOST_FIXTURE_TEST_CASE(a_link_works_once, Reset) {
    const std::string link = link_for().value();
    BOOST_TEST((confirm(link) == ResetResult(ResetOutcome::done)));
    BOOST_TEST(!accounts::is_live_reset(domain, link));
    BOOST_TEST((confirm(link, world::good_password) == ResetResult(ResetOutcome::dead)));
    BOOST_TEST(!opens(world::good_password));
}

BOOST_FIXTURE_TEST_CASE(of_fifty_at_once_one_sets_its_password, Reset) {
    const std::string link = link_for().value();
    std::atomic<int> number = 0;
    std::atomic<int> winner = -1;
    const auto password = [](int i) { return "grey lantern under " + std::to_string(i); };
    const int done = world::at_once(*this, 50, [&](accounts::Domain& worker) {
        const int mine = number++;
        const auto result = accounts::confirm_reset(worker, link, password(mine), "");
        const bool won = result == ResetResult(ResetOutcome::done);
        if (won) winner = mine;
        return won;
    });
    BOOST_TEST(done == 1);
    BOOST_TEST(opens(password(winner)));
}

BOOST_FIXTURE_TEST_CASE(the_link_of_a_locked_account_is_dead_and_stays_dead, Reset) {
    const std::string link = link_for().value();
    (void)accounts::set_state(domain, ada.id, accounts::AccountState::locked);
    BOOST_TEST(!accounts::is_live_reset(domain, link));
    BOOST_TEST((confirm(link) == ResetResult(ResetOutcome::dead)));
    (void)accounts::set_state(domain, ada.id, accounts::AccountState::active);
    BOOST_TEST((confirm(link) == ResetResult(ResetOutcome::dead)));
}

BOOST_FIXTURE_TEST_CASE(a_link_made_for_a_locked_account_waits_until_it_is_unlocked, Reset) {
    (void)accounts::set_state(domain, ada.id, accounts::AccountState::locked);
    const std::string link = accounts::make_reset_token(domain, ada.id).value();
    BOOST_TEST(!accounts::is_live_reset(domain, link));
    BOOST_TEST((confirm(link) == ResetResult(ResetOutcome::dead)));
    (void)accounts::set_state(domain, ada.id, accounts::AccountState::active);
    BOOST_TEST((confirm(link) == ResetResult(ResetOutcome::done)));
}

// What was read before the password was hashed may have changed since.
BOOST_FIXTURE_TEST_CASE(the_last_word_on_a_link_is_spoken_in_the_transaction, Reset) {
    const auto id = keys.id_of_link(base::Purpose::reset_password, link_for().value()).value();
    const auto purpose = base::word_for(base::Purpose::reset_password);
    store::Transaction transaction(database);
    const auto uses = [&](base::Seconds now) {
        return transaction.query(sql::token::use, id, purpose, now).next();
    };
    BOOST_TEST(!uses(clock.now() + 1 * hour));
    BOOST_TEST(uses(clock.now()));
    BOOST_TEST(!uses(clock.now()));
}

BOOST_FIXTURE_TEST_CASE(the_link_of_a_deleted_account_is_dead, Reset) {
    const std::string link = link_for().value();
    (void)accounts::delete_account(domain, ada.id);
    BOOST_TEST((confirm(link) == ResetResult(ResetOutcome::dead)));
}

BOOST_FIXTURE_TEST_CASE(an_operator_hands_out_a_link_without_a_mail, Reset) {
    BOOST_TEST(!accounts::make_reset_token(domain, 4711));
    const std::string mailed = link_for().value();
    const std::string link = accounts::make_reset_token(domain, ada.id).value();
    BOOST_TEST(ask(count_mails) == 1);
    BOOST_TEST(!accounts::is_live_reset(domain, mailed));
    BOOST_TEST((confirm(link) == ResetResult(ResetOutcome::done)));
    BOOST_TEST(opens(world::other_password));
}

BOOST_FIXTURE_TEST_CASE(no_link_is_committed_without_its_mail, Reset) {
    const std::string earlier = link_for().value();
    tell(world::query("ALTER TABLE outbox RENAME TO gone"));
    BOOST_CHECK_THROW(accounts::request_reset(domain, address("ada@example.org"), world::device),
                      store::Error);
    BOOST_TEST(accounts::is_live_reset(domain, earlier));
}

BOOST_AUTO_TEST_SUITE_END()
