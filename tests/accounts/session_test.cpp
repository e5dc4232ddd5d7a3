#include "accounts/session.h"

#include <boost/test/unit_test.hpp>

#include "accounts/cookie_key.h"
#include "sql.h"
#include "tests/accounts/world.h"

using base::day;
using base::hour;
using base::minute;
using world::count_sessions;
using world::World;

namespace {

const auto last_seen = world::query("SELECT max(last_seen_at) FROM session");

struct Signed : World {
    accounts::Account ada = add();
    accounts::NewSession session = open(ada);

    std::optional<accounts::SignedIn> find() {
        return accounts::find_session(domain, session.cookie.reveal());
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(session_test)

BOOST_FIXTURE_TEST_CASE(a_text_that_is_no_cookie_of_ours_does_not_reach_the_database, Signed) {
    const std::string cookie(session.cookie.reveal());
    const auto before = store::times_run(sql::session::find);
    for (const std::string& text :
         {std::string(), cookie + "A", cookie.substr(0, 42), cookie + "=", "!" + cookie.substr(1),
          cookie.substr(0, 42) + std::string(1, '\0'), cookie.substr(0, 42) + "\n",
          cookie.substr(0, 42) + "B", std::string(100'000, 'A'), std::string(43, '+')}) {
        BOOST_TEST(!accounts::find_session(domain, text), text.substr(0, 60));
    }
    BOOST_TEST(store::times_run(sql::session::find) == before);
    BOOST_TEST(find().has_value());
}

BOOST_FIXTURE_TEST_CASE(sessions_are_counted_to_a_limit, Signed) {
    open(ada);
    BOOST_TEST(accounts::count_sessions(database, 10) == 2);
    BOOST_TEST(accounts::count_sessions(database, 1) == 1);
}

BOOST_FIXTURE_TEST_CASE(a_cookie_of_nobody_finds_nothing, Signed) {
    BOOST_TEST(!accounts::find_session(domain, accounts::make_cookie().cookie.reveal()));
    // What the table holds is no cookie.
    BOOST_TEST(!accounts::find_session(
        domain, base::base64url(base::bytes_of(session.signed_in.session.key))));
}

BOOST_FIXTURE_TEST_CASE(a_storage_error_is_not_the_same_as_being_signed_out, Signed) {
    tell(world::query("ALTER TABLE session RENAME TO gone"));
    BOOST_CHECK_THROW((void)find(), store::Error);
}

BOOST_FIXTURE_TEST_CASE(a_session_ends_when_it_was_idle_for_its_span, Signed) {
    BOOST_TEST(find()->session.expires_at == clock.now() + 12 * hour);
    clock.advance(12 * hour - 1);
    BOOST_TEST(find().has_value());
    clock.advance(1);
    BOOST_TEST(!find());
    BOOST_TEST(accounts::list_sessions(domain, ada.id).empty());
}

BOOST_FIXTURE_TEST_CASE(using_a_session_keeps_it_until_its_absolute_end, Signed) {
    const base::Seconds start = clock.now();
    for (int i = 0; i < 2 * 90; ++i) {
        clock.advance(12 * hour - 1);
        BOOST_TEST_REQUIRE(find().has_value());
        touches.flush(database);
    }
    clock.set(start + 90 * day - 1);
    BOOST_TEST_REQUIRE(find().has_value());
    BOOST_TEST(find()->session.expires_at == start + 90 * day);
    clock.advance(1);
    BOOST_TEST(!find());
    BOOST_TEST(accounts::list_sessions(domain, ada.id).empty());
}

BOOST_FIXTURE_TEST_CASE(a_remembered_session_bears_fourteen_idle_days, Signed) {
    const auto remembered = open(ada, true);
    BOOST_TEST(remembered.signed_in.session.expires_at == clock.now() + 14 * day);
    clock.advance(14 * day - 1);
    BOOST_TEST(!find());
    BOOST_TEST(is_live(remembered));
    clock.advance(1);
    BOOST_TEST(!is_live(remembered));
}

BOOST_FIXTURE_TEST_CASE(a_clock_that_is_set_back_signs_nobody_out, Signed) {
    const base::Seconds seen = ask(last_seen);
    clock.advance(-365 * day);
    BOOST_TEST(find().has_value());
    touches.flush(database);
    BOOST_TEST(ask(last_seen) == seen);
}

BOOST_FIXTURE_TEST_CASE(the_session_of_a_locked_account_is_dead_whatever_the_table_holds, Signed) {
    tell(world::query("UPDATE account SET state = 'locked'"));
    BOOST_TEST(ask(count_sessions) == 1);
    BOOST_TEST(!find());
}

BOOST_FIXTURE_TEST_CASE(finding_a_session_writes_nothing_and_notes_its_use_every_five_minutes,
                        Signed) {
    const base::Seconds start = clock.now();
    clock.advance(5 * minute - 1);
    BOOST_TEST(find().has_value());
    touches.flush(database);
    BOOST_TEST(ask(last_seen) == start);
    clock.advance(1);
    BOOST_TEST(find().has_value());
    BOOST_TEST(ask(last_seen) == start);
    touches.flush(database);
    BOOST_TEST(ask(last_seen) == clock.now());
}

BOOST_FIXTURE_TEST_CASE(a_session_says_who_and_where, Signed) {
    const auto found = find().value();
    BOOST_TEST(found.account.id == ada.id);
    BOOST_TEST(found.account.email == "ada@example.org");
    BOOST_TEST((found.session.key == session.signed_in.session.key));
    BOOST_TEST(found.session.account_id == ada.id);
    BOOST_TEST(found.session.created_at == clock.now());
    BOOST_TEST(found.session.last_seen_at == clock.now());
    BOOST_TEST(found.session.expires_at == session.signed_in.session.expires_at);
    BOOST_TEST(!found.session.remembered);
    BOOST_TEST(found.session.client == world::device.client);
    BOOST_TEST(found.session.agent == world::device.agent);
}

BOOST_FIXTURE_TEST_CASE(an_agent_is_kept_as_one_line_of_text_of_at_most_256_bytes, Signed) {
    const auto kept = [&](const std::string& agent) {
        store::Transaction transaction(database);
        const auto made = accounts::start_session(transaction, domain, ada, false, {"::1", agent});
        transaction.commit();
        return accounts::find_session(domain, made.cookie.reveal())->session.agent;
    };
    BOOST_TEST(kept(std::string(300, 'x')) == std::string(256, 'x'));
    BOOST_TEST(kept(std::string(255, 'x') + "é and more") == std::string(255, 'x'));
    BOOST_TEST(kept("\xff\xfe") == "");
    BOOST_TEST(kept("a\x1b[31mb") == "");
}

BOOST_FIXTURE_TEST_CASE(only_its_owner_ends_a_session_by_its_public_id, Signed) {
    const auto bob = add("bob@example.org");
    const std::string id = accounts::public_id(session.signed_in.session);
    BOOST_TEST(id.size() == 22U);
    BOOST_TEST(session.cookie.reveal().find(id) == std::string_view::npos);
    BOOST_TEST(!accounts::end_session(domain, bob.id, id));
    for (const std::string& wrong : {std::string(), id + "A", id.substr(1), std::string("%00"),
                                     std::string(22, 'A'), std::string(100'000, 'A')}) {
        BOOST_TEST(!accounts::end_session(domain, ada.id, wrong));
    }
    BOOST_TEST(find().has_value());
    BOOST_TEST(accounts::end_session(domain, ada.id, id));
    BOOST_TEST(!find());
    BOOST_TEST(!accounts::end_session(domain, ada.id, id));
}

BOOST_FIXTURE_TEST_CASE(ending_a_session_leaves_the_others, Signed) {
    const auto second = open(ada);
    accounts::end_session(domain, session.signed_in.session);
    BOOST_TEST(!find());
    BOOST_TEST(is_live(second));
    accounts::end_session(domain, session.signed_in.session);  // twice is once
}

BOOST_FIXTURE_TEST_CASE(ending_the_others_leaves_this_one_and_other_peoples, Signed) {
    const auto second = open(ada);
    const auto third = open(ada);
    const auto bobs = open(add("bob@example.org"));
    BOOST_TEST(accounts::end_other_sessions(domain, second.signed_in.session) == 2);
    BOOST_TEST(!find());
    BOOST_TEST(is_live(second));
    BOOST_TEST(!is_live(third));
    BOOST_TEST(is_live(bobs));
    BOOST_TEST(accounts::end_all_sessions(domain, ada.id) == 1);
    BOOST_TEST(!is_live(second));
    BOOST_TEST(is_live(bobs));
}

BOOST_FIXTURE_TEST_CASE(sessions_are_listed_newest_use_first_without_the_dead, Signed) {
    clock.advance(1 * hour);
    const auto second = open(ada, true);
    clock.advance(1 * hour);
    const auto third = open(ada);
    open(add("bob@example.org"));
    clock.advance(1 * hour);
    BOOST_TEST(is_live(second));
    touches.flush(database);
    const auto keys_now = [&] {
        std::vector<base::Hash> listed;
        for (const auto& one : accounts::list_sessions(domain, ada.id)) listed.push_back(one.key);
        return listed;
    };
    const auto key = [](const accounts::NewSession& one) { return one.signed_in.session.key; };
    BOOST_TEST((keys_now() == std::vector{key(second), key(third), key(session)}));
    clock.advance(9 * hour);  // the first one is dead
    BOOST_TEST((keys_now() == std::vector{key(second), key(third)}));
}

BOOST_FIXTURE_TEST_CASE(a_session_is_gone_on_every_worker_at_once, Signed) {
    world::Worker other(static_cast<world::Shared&>(*this));
    BOOST_TEST(accounts::find_session(other.domain, session.cookie.reveal()).has_value());
    accounts::end_session(domain, session.signed_in.session);
    BOOST_TEST(!accounts::find_session(other.domain, session.cookie.reveal()));
}

BOOST_AUTO_TEST_SUITE_END()
