#include "accounts/account.h"

#include <boost/test/unit_test.hpp>
#include <stdexcept>

#include "accounts/credentials.h"
#include "accounts/password.h"
#include "accounts/password_reset.h"
#include "accounts/registration.h"
#include "accounts/session.h"
#include "tests/accounts/world.h"

using world::address;
using world::count_accounts;
using world::count_claims;
using world::count_sessions;
using world::count_tokens;
using world::World;

BOOST_AUTO_TEST_SUITE(account_test)

BOOST_AUTO_TEST_CASE(a_name_is_one_line_of_at_most_a_hundred_characters) {
    BOOST_TEST(!accounts::parse_name("Ada\nLovelace"));
    BOOST_TEST(!accounts::parse_name(std::string("Ada\0", 4)));
    BOOST_TEST(!accounts::parse_name("\xff"));
    BOOST_TEST(!accounts::parse_name("Ada \xe2\x80\xae ecalevoL"));
    std::string long_name;
    for (int i = 0; i < 100; ++i) long_name += "é";
    BOOST_TEST(accounts::parse_name(long_name).value().value() == long_name);
    BOOST_TEST(!accounts::parse_name(long_name + "e"));
}

BOOST_AUTO_TEST_CASE(a_name_of_nothing_but_spaces_is_no_name) {
    BOOST_TEST(!accounts::parse_name("").value());
    BOOST_TEST(!accounts::parse_name("   ").value());
    BOOST_TEST(accounts::parse_name("  Ada Lovelace ").value().value() == "Ada Lovelace");
    BOOST_TEST(accounts::parse_name("Zoe\xcc\x88").value().value() == "Zo\xc3\xab");
}

BOOST_AUTO_TEST_CASE(a_role_is_a_word_that_a_header_can_hold) {
    for (const char* text : {"", "Admin", "1st", "-x", "a b", "a,b", "a\nb", "é",
                             "abcdefghijklmnopqrstuvwxyzabcdefg"}) {
        BOOST_TEST(!accounts::is_role(text), text);
    }
    for (const char* text :
         {"a", "admin", "members-2", "site_owner", "abcdefghijklmnopqrstuvwxyzabcdef"}) {
        BOOST_TEST(accounts::is_role(text), text);
    }
}

BOOST_FIXTURE_TEST_CASE(what_is_not_there_is_not_found, World) {
    add();
    BOOST_TEST(!accounts::find_account(domain, 4711));
    BOOST_TEST(!accounts::find_account(domain, address("eve@example.org")));
    BOOST_TEST(!accounts::set_state(domain, 4711, accounts::AccountState::locked));
    BOOST_TEST(!accounts::set_roles(domain, 4711, {"admin"}));
    BOOST_TEST(!accounts::delete_account(domain, 4711));
    accounts::set_name(domain, 4711, "Nobody");
    BOOST_TEST(ask(count_accounts) == 1);
}

BOOST_FIXTURE_TEST_CASE(an_address_has_one_account, World) {
    const auto first = add();
    const auto again =
        accounts::add_account(domain, address("ADA@example.org"), "Eve", {}, world::other_password);
    BOOST_TEST((again.outcome == accounts::AddOutcome::address_taken));
    BOOST_TEST(again.account.id == first.id);
    BOOST_TEST(ask(count_accounts) == 1);
    BOOST_TEST(opens(world::good_password));
    BOOST_TEST(!opens(world::other_password));
}

BOOST_FIXTURE_TEST_CASE(an_account_is_found_as_it_was_added, World) {
    const auto added = accounts::add_account(domain, address("ada@example.org"), "Ada",
                                             {"staff", "admin", "staff"}, world::good_password);
    BOOST_TEST((added.outcome == accounts::AddOutcome::added));
    for (const auto& found : {accounts::find_account(domain, added.account.id),
                              accounts::find_account(domain, address("ada@example.org"))}) {
        BOOST_TEST_REQUIRE(found.has_value());
        BOOST_TEST(found->id == added.account.id);
        BOOST_TEST(found->email == "ada@example.org");
        BOOST_TEST(found->name.value() == "Ada");
        BOOST_TEST((found->roles == std::vector<std::string>{"admin", "staff"}));
        BOOST_TEST((found->state == accounts::AccountState::active));
        BOOST_TEST(found->created_at == clock.now());
    }
}

BOOST_FIXTURE_TEST_CASE(what_is_no_role_is_given_to_nobody, World) {
    const auto account = add();
    BOOST_CHECK_THROW((void)accounts::set_roles(domain, account.id, {"admin", "x,root"}),
                      std::invalid_argument);
    BOOST_CHECK_THROW((void)accounts::add_account(domain, address("eve@example.org"), std::nullopt,
                                                  {"a b"}, world::good_password),
                      std::invalid_argument);
    BOOST_TEST(accounts::find_account(domain, account.id)->roles.empty());
    BOOST_TEST(!accounts::find_account(domain, address("eve@example.org")));
}

BOOST_FIXTURE_TEST_CASE(name_and_roles_change_at_once_for_who_is_signed_in, World) {
    const auto account = add();
    const auto session = open(account);
    accounts::set_name(domain, account.id, "Ada");
    BOOST_TEST(accounts::set_roles(domain, account.id, {"members", "admin"}));
    auto found = accounts::find_session(domain, session.cookie.reveal());
    BOOST_TEST_REQUIRE(found.has_value());
    BOOST_TEST(found->account.name.value() == "Ada");
    BOOST_TEST((found->account.roles == std::vector<std::string>{"admin", "members"}));
    accounts::set_name(domain, account.id, std::nullopt);
    BOOST_TEST(accounts::set_roles(domain, account.id, {}));
    found = accounts::find_session(domain, session.cookie.reveal());
    BOOST_TEST(!found->account.name);
    BOOST_TEST(found->account.roles.empty());
}

BOOST_FIXTURE_TEST_CASE(accounts_are_listed_by_address_a_page_at_a_time, World) {
    for (const char* email : {"carol@example.org", "ada@example.org", "bob@example.org"})
        add(email);
    const auto first = accounts::list_accounts(domain, "", 2);
    BOOST_TEST_REQUIRE(first.size() == 2);
    BOOST_TEST(first[0].email == "ada@example.org");
    BOOST_TEST(first[1].email == "bob@example.org");
    const auto second = accounts::list_accounts(domain, first[1].email, 2);
    BOOST_TEST_REQUIRE(second.size() == 1);
    BOOST_TEST(second[0].email == "carol@example.org");
}

BOOST_FIXTURE_TEST_CASE(locking_ends_sessions_and_kills_tokens_of_that_account_alone, World) {
    const auto ada = add();
    const auto bob = add("bob@example.org");
    const auto adas = open(ada);
    const auto bobs = open(bob);
    const auto adas_link = accounts::make_reset_token(domain, ada.id).value();
    const auto bobs_link = accounts::make_reset_token(domain, bob.id).value();
    BOOST_TEST(accounts::set_state(domain, ada.id, accounts::AccountState::locked));
    BOOST_TEST((accounts::find_account(domain, ada.id)->state == accounts::AccountState::locked));
    BOOST_TEST(!is_live(adas));
    BOOST_TEST(is_live(bobs));
    BOOST_TEST(accounts::set_state(domain, ada.id, accounts::AccountState::active));
    BOOST_TEST(!is_live(adas));
    BOOST_TEST(!accounts::is_live_reset(domain, adas_link));
    BOOST_TEST(accounts::is_live_reset(domain, bobs_link));
    BOOST_TEST(opens(world::good_password));
}

BOOST_FIXTURE_TEST_CASE(a_deleted_account_leaves_nothing_behind, World) {
    const auto bob = add("bob@example.org");
    const auto bobs = open(bob);
    const auto ada = add();
    open(ada);
    (void)accounts::make_reset_token(domain, ada.id);
    (void)accounts::register_claim(domain, address("ada@example.org"), std::nullopt, world::device);
    (void)accounts::register_claim(domain, address("eve@example.org"), std::nullopt, world::device);
    BOOST_TEST(accounts::delete_account(domain, ada.id));
    BOOST_TEST(ask(count_accounts) == 1);
    BOOST_TEST(ask(count_sessions) == 1);
    BOOST_TEST(ask(count_tokens) == 0);
    BOOST_TEST(ask(count_claims) == 1);  // Eve's
    BOOST_TEST(is_live(bobs));
    BOOST_TEST(!accounts::delete_account(domain, ada.id));
}

BOOST_FIXTURE_TEST_CASE(a_claim_from_before_the_account_was_added_proves_nothing, World) {
    const auto ticket =
        accounts::register_claim(domain, address("ada@example.org"), std::nullopt, world::device);
    const auto claim = accounts::find_claim(domain, ticket.cookie.reveal()).value();
    const auto link = keys.link_token(base::Purpose::verify, claim.id);
    add();
    BOOST_TEST(!accounts::is_live_claim(domain, link));
    const auto result =
        accounts::verify_by_link(domain, link, world::other_password, world::device);
    BOOST_TEST((std::get<accounts::VerifyRefusal>(result) == accounts::VerifyRefusal::dead));
    BOOST_TEST(opens(world::good_password));
}

BOOST_FIXTURE_TEST_CASE(verified_credentials_hold_until_password_or_state_change, World) {
    const auto ada = add();
    const auto verified = accounts::find_credentials(domain, ada.id).value();
    const auto holds = [&] {
        store::Transaction transaction(database);
        return accounts::may_enter(transaction, verified);
    };
    const auto replaces = [&] {
        store::Transaction transaction(database);
        return accounts::replace_password(transaction, verified, "$other");
    };
    const auto sets = [&] {
        store::Transaction transaction(database);
        const bool set = accounts::set_password(transaction, ada.id, "$another");
        transaction.commit();
        return set;
    };
    BOOST_TEST(holds());
    BOOST_TEST(replaces());
    (void)accounts::set_state(domain, ada.id, accounts::AccountState::locked);
    BOOST_TEST(!holds());
    BOOST_TEST(!replaces());
    BOOST_TEST(!sets());
    (void)accounts::set_state(domain, ada.id, accounts::AccountState::active);
    BOOST_TEST(holds());
    BOOST_TEST(sets());
    BOOST_TEST(!holds());
    BOOST_TEST(!replaces());
}

BOOST_AUTO_TEST_SUITE_END()
