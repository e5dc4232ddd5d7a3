#include "accounts/registration.h"

#include <boost/test/unit_test.hpp>

#include "accounts/password_reset.h"
#include "accounts/session.h"
#include "sql.h"
#include "tests/accounts/world.h"

using accounts::PasswordFlaw;
using accounts::VerifyFlaw;
using accounts::VerifyRefusal;
using base::hour;
using world::address;
using world::count_accounts;
using world::count_claims;
using world::count_mails;
using world::count_sessions;
using world::World;

namespace {

const auto wrong_codes = world::query("SELECT max(wrong_codes) FROM claim");

bool is(const accounts::VerifyResult& result, VerifyRefusal refusal) {
    return std::holds_alternative<VerifyRefusal>(result) &&
           std::get<VerifyRefusal>(result) == refusal;
}
bool is(const accounts::VerifyResult& result, PasswordFlaw flaw) {
    return std::holds_alternative<VerifyFlaw>(result) && std::get<VerifyFlaw>(result).flaw == flaw;
}
bool is_done(const accounts::VerifyResult& result) {
    return std::holds_alternative<accounts::NewSession>(result);
}

// A registration as a visitor has it: his browser's cookie, and what his mail says.
struct Visitor {
    base::Secret cookie;
    std::int64_t claim_id;
    std::string link;
    std::string code;

    [[nodiscard]] std::string wrong_code() const { return code == "000000" ? "000001" : "000000"; }
};

struct Registration : World {
    Visitor ask_for(std::string_view email = "ada@example.org") {
        auto ticket = accounts::register_claim(domain, address(email), "Ada", world::device);
        const auto id = next_mail().value().subject_id;
        return {std::move(ticket.cookie), id, keys.link_token(base::Purpose::verify, id),
                keys.code(base::Purpose::verify, id)};
    }
    accounts::VerifyResult follow(const Visitor& visitor,
                                  std::string_view password = world::good_password) {
        return accounts::verify_by_link(domain, visitor.link, password, world::device);
    }
    accounts::VerifyResult type(const Visitor& visitor, std::string_view code,
                                std::string_view password = world::good_password) {
        return accounts::verify_by_code(domain, visitor.cookie.reveal(), code, password,
                                        world::device);
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(registration_test)

BOOST_FIXTURE_TEST_CASE(a_text_that_we_did_not_sign_does_not_reach_the_database, Registration) {
    const auto visitor = ask_for();
    const auto before = store::times_run(sql::claim::find);
    const auto reset = keys.link_token(base::Purpose::reset_password, visitor.claim_id);
    for (const std::string& text :
         {std::string(), std::string("x"), visitor.link.substr(1), visitor.link + "A", reset,
          std::string(54, 'A'), std::string(60'000, 'A'), std::string("%zz\0\n", 5)}) {
        BOOST_TEST(!accounts::is_live_claim(domain, text));
        BOOST_TEST(is(accounts::verify_by_link(domain, text, world::good_password, world::device),
                      VerifyRefusal::dead));
    }
    BOOST_TEST(store::times_run(sql::claim::find) == before);
    BOOST_TEST(ask(count_accounts) == 0);
}

BOOST_FIXTURE_TEST_CASE(a_browser_that_asked_for_nothing_has_no_claim, Registration) {
    const auto visitor = ask_for();
    for (const std::string& cookie :
         {std::string(), std::string(43, 'A'), std::string(42, 'A'), visitor.link}) {
        BOOST_TEST(!accounts::find_claim(domain, cookie));
        BOOST_TEST(is(accounts::verify_by_code(domain, cookie, visitor.code, world::good_password,
                                               world::device),
                      VerifyRefusal::dead));
        BOOST_TEST((accounts::resend_claim(domain, cookie, world::device).outcome ==
                    accounts::Resend::Outcome::no_claim));
    }
    BOOST_TEST(ask(wrong_codes) == 0);
}

BOOST_FIXTURE_TEST_CASE(a_link_lives_a_day_and_looking_at_it_changes_nothing, Registration) {
    const auto visitor = ask_for();
    clock.advance(24 * hour - 1);
    for (int i = 0; i < 3; ++i) BOOST_TEST(accounts::is_live_claim(domain, visitor.link));
    BOOST_TEST(accounts::find_claim(domain, visitor.cookie.reveal()).has_value());
    clock.advance(1);
    BOOST_TEST(!accounts::is_live_claim(domain, visitor.link));
    BOOST_TEST(!accounts::find_claim(domain, visitor.cookie.reveal()));
    BOOST_TEST(is(follow(visitor), VerifyRefusal::dead));
    BOOST_TEST(is(type(visitor, visitor.code), VerifyRefusal::dead));
    BOOST_TEST((accounts::resend_claim(domain, visitor.cookie.reveal(), world::device).outcome ==
                accounts::Resend::Outcome::no_claim));
    BOOST_TEST(ask(count_accounts) == 0);
}

BOOST_FIXTURE_TEST_CASE(a_password_against_the_rules_uses_nothing_up, Registration) {
    const auto visitor = ask_for("ada.lovelace@example.org");
    BOOST_TEST(is(follow(visitor, "short"), PasswordFlaw::too_short));
    BOOST_TEST(is(follow(visitor, "Ada.Lovelace@example.org"), PasswordFlaw::is_own_address));
    for (int i = 0; i < 20; ++i) {
        BOOST_TEST(is(type(visitor, visitor.code, "short"), PasswordFlaw::too_short));
        // Nor does it tell whether the code was right.
        BOOST_TEST(is(type(visitor, visitor.wrong_code(), "short"), PasswordFlaw::too_short));
    }
    BOOST_TEST(ask(wrong_codes) == 0);
    BOOST_TEST(is_done(type(visitor, visitor.code)));
}

BOOST_FIXTURE_TEST_CASE(following_the_link_makes_the_account_and_signs_in, Registration) {
    const auto visitor = ask_for(" ADA@Example.org ");
    const auto result = follow(visitor);
    BOOST_TEST_REQUIRE(is_done(result));
    const auto& session = std::get<accounts::NewSession>(result);
    BOOST_TEST(is_live(session));
    BOOST_TEST(session.signed_in.account.email == "ada@example.org");
    BOOST_TEST(session.signed_in.account.name.value() == "Ada");
    BOOST_TEST(session.signed_in.account.roles.empty());
    BOOST_TEST(session.signed_in.session.agent == world::device.agent);
    BOOST_TEST(opens(world::good_password));
    BOOST_TEST(!accounts::is_live_claim(domain, visitor.link));
    BOOST_TEST(!accounts::find_claim(domain, visitor.cookie.reveal()));
}

BOOST_FIXTURE_TEST_CASE(a_link_or_a_code_works_once, Registration) {
    const auto visitor = ask_for();
    BOOST_TEST(is_done(follow(visitor)));
    BOOST_TEST(is(follow(visitor, world::other_password), VerifyRefusal::dead));
    BOOST_TEST(is(type(visitor, visitor.code, world::other_password), VerifyRefusal::dead));
    BOOST_TEST(ask(count_accounts) == 1);
    BOOST_TEST(ask(count_sessions) == 1);
    BOOST_TEST(!opens(world::other_password));
}

BOOST_FIXTURE_TEST_CASE(of_fifty_at_once_one_makes_the_account, Registration) {
    const auto visitor = ask_for();
    const int made = world::at_once(*this, 50, [&](accounts::Domain& worker) {
        return is_done(
            accounts::verify_by_link(worker, visitor.link, world::good_password, world::device));
    });
    BOOST_TEST(made == 1);
    BOOST_TEST(ask(count_accounts) == 1);
    BOOST_TEST(ask(count_sessions) == 1);
}

BOOST_FIXTURE_TEST_CASE(of_two_claims_of_one_address_at_once_one_makes_the_account, Registration) {
    const auto first = ask_for();
    const auto second = ask_for();
    std::atomic<int> turn = 0;
    const int made = world::at_once(*this, 20, [&](accounts::Domain& worker) {
        const Visitor& visitor = turn++ % 2 == 0 ? first : second;
        return is_done(accounts::verify_by_code(worker, visitor.cookie.reveal(), visitor.code,
                                                world::good_password, world::device));
    });
    BOOST_TEST(made == 1);
    BOOST_TEST(ask(count_accounts) == 1);
}

BOOST_FIXTURE_TEST_CASE(the_right_code_in_the_browser_that_asked_makes_the_account, Registration) {
    const auto visitor = ask_for();
    const auto stranger = ask_for("eve@example.org");
    BOOST_TEST(is(type(stranger, visitor.code), VerifyRefusal::wrong_code));
    for (const char* code : {"", "12345", "1234567", "abcdef", "\xff", "------"}) {
        BOOST_TEST(is(type(visitor, code), VerifyRefusal::wrong_code));
    }
    BOOST_TEST(is_done(type(visitor, visitor.code)));
    BOOST_TEST(opens(world::good_password));
}

BOOST_FIXTURE_TEST_CASE(after_ten_wrong_codes_the_right_one_is_dead_but_the_link_is_not,
                        Registration) {
    const auto visitor = ask_for();
    for (int i = 0; i < 10; ++i) {
        BOOST_TEST(is(type(visitor, visitor.wrong_code()), VerifyRefusal::wrong_code));
    }
    BOOST_TEST(is(type(visitor, visitor.code), VerifyRefusal::dead));
    BOOST_TEST(is(type(visitor, visitor.wrong_code()), VerifyRefusal::dead));
    BOOST_TEST(ask(count_accounts) == 0);
    BOOST_TEST(is_done(follow(visitor)));
}

BOOST_FIXTURE_TEST_CASE(after_nine_wrong_codes_the_right_one_works, Registration) {
    const auto visitor = ask_for();
    for (int i = 0; i < 9; ++i) (void)type(visitor, visitor.wrong_code());
    BOOST_TEST(is_done(type(visitor, visitor.code)));
}

BOOST_FIXTURE_TEST_CASE(guessing_at_once_is_not_guessing_more_often, Registration) {
    const auto visitor = ask_for();
    const int looked_at = world::at_once(*this, 40, [&](accounts::Domain& worker) {
        return is(accounts::verify_by_code(worker, visitor.cookie.reveal(), visitor.wrong_code(),
                                           world::good_password, world::device),
                  VerifyRefusal::wrong_code);
    });
    BOOST_TEST(looked_at == 10);
    BOOST_TEST(ask(wrong_codes) == 10);
    BOOST_TEST(is(type(visitor, visitor.code), VerifyRefusal::dead));
}

BOOST_FIXTURE_TEST_CASE(new_known_and_locked_addresses_take_the_same_steps, Registration) {
    add("known@example.org");
    (void)accounts::set_state(domain, add("locked@example.org").id, accounts::AccountState::locked);
    const auto steps = [&](const char* email) {
        return world::steps_of([&] {
            const auto ticket =
                accounts::register_claim(domain, address(email), std::nullopt, world::device);
            BOOST_TEST(ticket.cookie.size() == 43U);
        });
    };
    const auto expected = steps("new@example.org");
    BOOST_TEST((steps("known@example.org") == expected));
    BOOST_TEST((steps("locked@example.org") == expected));
    BOOST_TEST(ask(count_claims) == 3);
    BOOST_TEST(ask(count_mails) == 3);
}

BOOST_FIXTURE_TEST_CASE(a_known_address_is_told_so_by_mail_alone, Registration) {
    (void)accounts::register_claim(domain, address("ada@example.org"), std::nullopt, world::device);
    BOOST_TEST((next_mail()->kind == mail::Kind::verify));
    add("bob@example.org");
    auto ticket =
        accounts::register_claim(domain, address("bob@example.org"), std::nullopt, world::device);
    const auto mail = next_mail().value();
    BOOST_TEST((mail.kind == mail::Kind::account_exists));
    BOOST_TEST(mail.recipient.text() == "bob@example.org");
    // In the browser it looks like any other claim.
    const auto claim = accounts::find_claim(domain, ticket.cookie.reveal()).value();
    BOOST_TEST(claim.email == "bob@example.org");
    BOOST_TEST(claim.created_at == clock.now());
    BOOST_TEST(claim.expires_at == clock.now() + 24 * hour);
}

BOOST_FIXTURE_TEST_CASE(nothing_proves_a_decoy, Registration) {
    const auto ada = add();
    const auto visitor = ask_for();
    BOOST_TEST(!accounts::is_live_claim(domain, visitor.link));
    BOOST_TEST(is(follow(visitor, world::other_password), VerifyRefusal::dead));
    BOOST_TEST(is(type(visitor, visitor.code, world::other_password), VerifyRefusal::dead));
    for (int i = 0; i < 10; ++i) {
        BOOST_TEST(is(type(visitor, visitor.wrong_code()), VerifyRefusal::wrong_code));
    }
    BOOST_TEST(is(type(visitor, visitor.wrong_code()), VerifyRefusal::dead));
    BOOST_TEST(opens(world::good_password));
    BOOST_TEST(!opens(world::other_password));
    // Nor does it when the account is gone: its mail said something else.
    (void)accounts::delete_account(domain, ada.id);
    BOOST_TEST(is(follow(visitor), VerifyRefusal::dead));
}

BOOST_FIXTURE_TEST_CASE(earlier_claims_of_an_address_stay_good_until_one_is_proven, Registration) {
    const auto first = ask_for();
    const auto second = ask_for();
    const auto third = ask_for();
    const auto other = ask_for("bob@example.org");
    BOOST_TEST(accounts::is_live_claim(domain, first.link));
    BOOST_TEST(is_done(follow(second)));
    for (const Visitor* late : {&first, &third}) {
        BOOST_TEST(!accounts::is_live_claim(domain, late->link));
        BOOST_TEST(is(follow(*late, world::other_password), VerifyRefusal::dead));
        BOOST_TEST(is(type(*late, late->code, world::other_password), VerifyRefusal::dead));
    }
    BOOST_TEST(accounts::is_live_claim(domain, other.link));
    BOOST_TEST(!opens(world::other_password));
}

BOOST_FIXTURE_TEST_CASE(a_stranger_does_not_see_when_the_address_got_its_account, Registration) {
    const auto stranger = ask_for();
    const auto owner = ask_for();
    BOOST_TEST(is_done(follow(owner)));
    BOOST_TEST(accounts::find_claim(domain, stranger.cookie.reveal()).has_value());
    BOOST_TEST(is(type(stranger, stranger.wrong_code()), VerifyRefusal::wrong_code));
    clock.advance(accounts::resend_cooldown);
    BOOST_TEST((accounts::resend_claim(domain, stranger.cookie.reveal(), world::device).outcome ==
                accounts::Resend::Outcome::sent));
    BOOST_TEST((next_mail()->kind == mail::Kind::account_exists));
}

// What was read before the password was hashed may have changed since.
BOOST_FIXTURE_TEST_CASE(the_last_word_on_a_claim_is_spoken_in_the_transaction, Registration) {
    const auto id = ask_for().claim_id;
    store::Transaction transaction(database);
    const auto uses = [&](base::Seconds now) {
        return transaction.query(sql::claim::use, id, now).next();
    };
    BOOST_TEST(!uses(clock.now() + 24 * hour));
    transaction.run(sql::claim::make_decoys, "ada@example.org");
    BOOST_TEST(!uses(clock.now()));
    transaction.run(world::query("UPDATE claim SET is_decoy = 0"));
    BOOST_TEST(uses(clock.now()));
    BOOST_TEST(!uses(clock.now()));
}

BOOST_FIXTURE_TEST_CASE(a_mail_is_sent_again_once_a_minute, Registration) {
    const auto visitor = ask_for();
    auto resend = accounts::resend_claim(domain, visitor.cookie.reveal(), world::device);
    BOOST_TEST((resend.outcome == accounts::Resend::Outcome::too_soon));
    BOOST_TEST(resend.retry_after == 60);
    clock.advance(59);
    resend = accounts::resend_claim(domain, visitor.cookie.reveal(), world::device);
    BOOST_TEST((resend.outcome == accounts::Resend::Outcome::too_soon));
    BOOST_TEST(resend.retry_after == 1);
    BOOST_TEST(ask(count_mails) == 1);

    clock.advance(1);
    resend = accounts::resend_claim(domain, visitor.cookie.reveal(), world::device);
    BOOST_TEST((resend.outcome == accounts::Resend::Outcome::sent));
    const auto mail = next_mail().value();
    BOOST_TEST((mail.kind == mail::Kind::verify));
    BOOST_TEST(mail.subject_id == visitor.claim_id);
    BOOST_TEST(mail.recipient.text() == "ada@example.org");
    resend = accounts::resend_claim(domain, visitor.cookie.reveal(), world::device);
    BOOST_TEST((resend.outcome == accounts::Resend::Outcome::too_soon));
    BOOST_TEST(ask(count_mails) == 2);
}

BOOST_FIXTURE_TEST_CASE(of_many_resends_at_once_one_sends, Registration) {
    const auto visitor = ask_for();
    clock.advance(accounts::resend_cooldown);
    const int sent = world::at_once(*this, 20, [&](accounts::Domain& worker) {
        return accounts::resend_claim(worker, visitor.cookie.reveal(), world::device).outcome ==
               accounts::Resend::Outcome::sent;
    });
    BOOST_TEST(sent == 1);
    BOOST_TEST(ask(count_mails) == 2);
}

BOOST_FIXTURE_TEST_CASE(a_clock_that_is_set_back_does_not_hold_a_resend_up, Registration) {
    const auto visitor = ask_for();
    clock.advance(-100 * base::day);
    BOOST_TEST((accounts::resend_claim(domain, visitor.cookie.reveal(), world::device).outcome ==
                accounts::Resend::Outcome::sent));
    BOOST_TEST((accounts::resend_claim(domain, visitor.cookie.reveal(), world::device).outcome ==
                accounts::Resend::Outcome::too_soon));
}

BOOST_FIXTURE_TEST_CASE(no_claim_is_committed_without_its_mail, Registration) {
    tell(world::query("ALTER TABLE outbox RENAME TO gone"));
    BOOST_CHECK_THROW(
        (void)accounts::register_claim(domain, address("ada@example.org"), "Ada", world::device),
        store::Error);
    BOOST_TEST(ask(count_claims) == 0);
}

BOOST_FIXTURE_TEST_CASE(a_link_survives_a_storage_error, Registration) {
    const auto visitor = ask_for();
    tell(world::query("ALTER TABLE session RENAME TO gone"));
    BOOST_CHECK_THROW((void)follow(visitor), store::Error);
    tell(world::query("ALTER TABLE gone RENAME TO session"));
    BOOST_TEST(ask(count_accounts) == 0);
    BOOST_TEST(is_done(follow(visitor)));
}

BOOST_FIXTURE_TEST_CASE(ten_thousand_registrations_of_one_address_are_killed_by_one_proof,
                        Registration) {
    const auto visitor = ask_for();
    tell(world::query(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) "
        "INSERT INTO claim (id, email, browser_hash, is_decoy, created_at, mailed_at, expires_at) "
        "SELECT i, 'ada@example.org', randomblob(32), 0, 1, 1, 4000000000 FROM n"));
    BOOST_TEST(is_done(follow(visitor)));
    BOOST_TEST(!accounts::is_live_claim(domain, keys.link_token(base::Purpose::verify, 9'999)));
}

BOOST_AUTO_TEST_SUITE_END()
