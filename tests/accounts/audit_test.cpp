#include "accounts/audit.h"

#include <boost/test/unit_test.hpp>

#include "accounts/expiry.h"
#include "accounts/password_change.h"
#include "accounts/password_reset.h"
#include "accounts/registration.h"
#include "accounts/sign_in.h"
#include "tests/accounts/world.h"

using base::day;
using world::World;

namespace {

const auto count_events = world::query("SELECT count(*) FROM audit");

struct Trail : World {
    accounts::Account ada = add();

    Trail() { domain.actor = {true, "203.0.113.7"}; }

    // "signed_in refused", the newest first.
    std::vector<std::string> lines(std::int64_t account_id) {
        std::vector<std::string> lines;
        for (const auto& row : accounts::list_events(domain, account_id, 100)) {
            lines.push_back(row.event + " " + row.outcome);
        }
        return lines;
    }
    accounts::AuditVerdict verify(std::optional<accounts::AuditHead> anchor = std::nullopt) {
        return accounts::verify_audit(database, anchor);
    }
    void make_events(int count) {
        for (int i = 0; i < count; ++i) accounts::request_reset(domain, ada_address, world::device);
    }
    std::int64_t next_reset() { return next_mail()->subject_id; }
    const base::EmailAddress ada_address = world::address("ada@example.org");
};

using Lines = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(audit_test, Trail)

BOOST_AUTO_TEST_CASE(a_changed_row_is_found) {
    make_events(5);
    BOOST_TEST(!verify().broken_at.has_value());
    for (const char* change : {"UPDATE audit SET client = '198.51.100.1' WHERE id = 3",
                               "UPDATE audit SET happened_at = happened_at + 1 WHERE id = 3",
                               "UPDATE audit SET event = 'signed_in' WHERE id = 3",
                               "UPDATE audit SET outcome = 'refused' WHERE id = 3",
                               "UPDATE audit SET actor = 'operator' WHERE id = 3",
                               "UPDATE audit SET account_id = NULL WHERE id = 3",
                               "UPDATE audit SET hash = zeroblob(32) WHERE id = 3"}) {
        tell(world::query("CREATE TABLE kept AS SELECT * FROM audit"));
        tell(world::query(change));
        BOOST_TEST((verify().broken_at == std::optional<std::int64_t>(3)), change);
        tell(world::query("DELETE FROM audit"));
        tell(world::query("INSERT INTO audit SELECT * FROM kept"));
        tell(world::query("DROP TABLE kept"));
    }
    BOOST_TEST(!verify().broken_at.has_value());
}

BOOST_AUTO_TEST_CASE(a_row_that_is_missing_is_found) {
    make_events(5);
    tell(world::query("DELETE FROM audit WHERE id = 3"));
    BOOST_TEST((verify().broken_at == std::optional<std::int64_t>(4)));
}

BOOST_AUTO_TEST_CASE(a_trail_that_was_cut_off_or_written_anew_does_not_hold_against_an_anchor) {
    make_events(5);
    const auto anchor = accounts::audit_head(database);
    BOOST_TEST(anchor.id == 6);
    BOOST_TEST(verify(anchor).anchor_holds);
    make_events(2);
    BOOST_TEST(verify(anchor).anchor_holds);
    tell(world::query("DELETE FROM audit WHERE id > 4"));
    BOOST_TEST(!verify().broken_at.has_value());
    BOOST_TEST(!verify(anchor).anchor_holds);
    clock.advance(1);
    make_events(2);
    BOOST_TEST(!verify().broken_at.has_value());
    BOOST_TEST(!verify(anchor).anchor_holds);
}

BOOST_AUTO_TEST_CASE(an_empty_trail_is_whole) {
    tell(world::query("DELETE FROM audit"));
    const auto verdict = verify();
    BOOST_TEST(verdict.checked == 0);
    BOOST_TEST(!verdict.broken_at.has_value());
    BOOST_TEST(verify(accounts::AuditHead{}).anchor_holds);
}

BOOST_AUTO_TEST_CASE(each_event_stands_there_once_with_who_from_where_and_when) {
    (void)sign_in(world::other_password);
    (void)sign_in(world::good_password);
    const auto row = accounts::list_events(domain, ada.id, 1).at(0);
    BOOST_TEST(row.event == "signed_in");
    BOOST_TEST(row.outcome == "done");
    BOOST_TEST(row.actor == "visitor");
    BOOST_TEST(row.client == "203.0.113.7");
    BOOST_TEST(row.happened_at == clock.now());
    BOOST_TEST(
        (lines(ada.id) == Lines{"signed_in done", "signed_in refused", "account_added done"}));
}

BOOST_AUTO_TEST_CASE(an_unknown_address_leaves_the_same_trace_without_an_account) {
    (void)sign_in(world::good_password, "nobody@example.org");
    (void)sign_in(world::good_password, "my secret password");
    accounts::request_reset(domain, world::address("nobody@example.org"), world::device);
    BOOST_TEST(ask(world::query("SELECT count(*) FROM audit WHERE account_id IS NULL")) == 3);
    BOOST_TEST(ask(count_events) == 4);
}

BOOST_AUTO_TEST_CASE(what_the_throttle_turns_away_is_no_event_each_time) {
    settings.throttle.failures_per_account = 2;
    for (int i = 0; i < 5; ++i) (void)sign_in(world::other_password);
    BOOST_TEST(
        (lines(ada.id) == Lines{"signed_in refused", "signed_in refused", "account_added done"}));
}

BOOST_AUTO_TEST_CASE(what_a_visitor_does_to_his_account_stands_there) {
    const auto here = open(ada);
    open(ada);
    accounts::end_other_sessions(domain, here.signed_in.session);
    (void)accounts::change_password(domain, here.signed_in, "", "wrong", world::other_password);
    (void)accounts::change_password(domain, here.signed_in, "", world::good_password,
                                    world::other_password);
    accounts::end_session(domain, here.signed_in.session);
    accounts::request_reset(domain, ada_address, world::device);
    const auto link = keys.link_token(base::Purpose::reset_password, next_reset());
    (void)accounts::confirm_reset(domain, link, world::good_password, "");
    BOOST_TEST(
        (lines(ada.id) == Lines{"password_reset done", "reset_requested done", "signed_out done",
                                "password_changed done", "password_changed refused",
                                "sessions_ended done", "account_added done"}));
}

BOOST_AUTO_TEST_CASE(what_an_operator_does_stands_there_as_his) {
    domain.actor = {};
    (void)accounts::set_state(domain, ada.id, accounts::AccountState::locked);
    (void)accounts::set_state(domain, ada.id, accounts::AccountState::active);
    (void)accounts::set_roles(domain, ada.id, {"admin"});
    (void)accounts::make_reset_token(domain, ada.id);
    (void)accounts::end_all_sessions(domain, ada.id);  // it has none: nothing happened
    (void)accounts::delete_account(domain, ada.id);
    BOOST_TEST((lines(ada.id) == Lines{"account_deleted done", "reset_link_made done",
                                       "roles_changed done", "account_unlocked done",
                                       "account_locked done", "account_added done"}));
    BOOST_TEST(ask(world::query("SELECT count(*) FROM audit WHERE actor = 'operator'")) == 6);
}

BOOST_AUTO_TEST_CASE(a_proven_mailbox_opens_an_account_once) {
    (void)accounts::register_claim(domain, world::address("bob@example.org"), std::nullopt,
                                   world::device);
    const auto link = keys.link_token(base::Purpose::verify, next_mail()->subject_id);
    for (int i = 0; i < 2; ++i) {
        (void)accounts::verify_by_link(domain, link, world::good_password, world::device);
    }
    BOOST_TEST(ask(world::query("SELECT count(*) FROM audit WHERE event = 'account_opened'")) == 1);
}

BOOST_AUTO_TEST_CASE(workers_at_once_write_one_chain) {
    world::at_once(*this, 8, [&](accounts::Domain& worker) {
        for (int i = 0; i < 10; ++i) accounts::request_reset(worker, ada_address, world::device);
        return true;
    });
    const auto verdict = verify();
    BOOST_TEST(verdict.checked == 81);
    BOOST_TEST(!verdict.broken_at.has_value());
}

BOOST_AUTO_TEST_CASE(old_events_go_and_the_rest_is_still_one_chain) {
    make_events(3);
    clock.advance(365 * day - 1);
    BOOST_TEST(accounts::expire(domain).events == 0);
    make_events(2);
    clock.advance(1);
    BOOST_TEST(accounts::expire(domain).events == 4);
    BOOST_TEST(!verify().broken_at.has_value());
    clock.advance(400 * day);
    BOOST_TEST(accounts::expire(domain).events == 1);  // the newest stays: the next one follows it
    BOOST_TEST(ask(count_events) == 1);
    make_events(1);
    BOOST_TEST(!verify().broken_at.has_value());
    BOOST_TEST(verify().checked == 2);
}

// The bug: a row of a clock that was ahead stayed while those after it went, and the chain was
// broken.
BOOST_AUTO_TEST_CASE(an_event_of_a_clock_that_was_ahead_keeps_those_after_it) {
    make_events(1);
    clock.advance(10 * day);
    make_events(1);
    clock.advance(-10 * day);
    make_events(2);
    clock.advance(365 * day);
    BOOST_TEST(accounts::expire(domain).events == 2);
    BOOST_TEST(!verify().broken_at.has_value());
    clock.advance(10 * day);
    BOOST_TEST(accounts::expire(domain).events == 2);  // the newest stays
    BOOST_TEST(!verify().broken_at.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
