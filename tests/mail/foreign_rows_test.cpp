// Rows that another version has written, or a hand: told from ours, and in nobody's way.
#include <boost/test/unit_test.hpp>

#include "mail/held.h"
#include "mail/letters.h"
#include "mail/outbox_admin.h"
#include "mail/queue.h"

using mail::Kind;
using mail::State;

namespace {

constexpr store::Query let_all_in{"test.let_all_in", "PRAGMA ignore_check_constraints = ON", 1'003};
constexpr store::Query set_state{"test.set_state", "UPDATE outbox SET state = $2 WHERE id = $1",
                                 1'004};
constexpr store::Query set_kind{"test.set_kind", "UPDATE outbox SET kind = $2 WHERE id = $1",
                                1'005};
constexpr store::Query set_recipient{"test.set_recipient",
                                     "UPDATE outbox SET recipient = $2 WHERE id = $1", 1'006};

struct Foreign : mail_test::Queue, mail_test::Letters {
    void change(const store::Query& query, std::int64_t id, const char* word) {
        (void)database.read(let_all_in).next();
        store::Transaction transaction(database);
        transaction.run(query, id, word);
        transaction.commit();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(foreign_rows_test, Foreign)

BOOST_AUTO_TEST_CASE(a_row_that_is_gone_is_not_found) {
    BOOST_TEST(!mail::find(database, 4'711));
}

BOOST_AUTO_TEST_CASE(a_recipient_that_is_no_address_is_shelved_and_nothing_is_sent_to_it) {
    const auto bad = enqueue();
    change(set_recipient, bad, "ann@example.org\r\nBcc: all@example.org");
    BOOST_CHECK(!take());
    BOOST_TEST(state(bad) == State::shelved);
    BOOST_TEST(entry(bad).last_reply.value() == "this version cannot read the row");
}

BOOST_AUTO_TEST_CASE(a_state_of_a_newer_version_is_nothing_to_send_and_nothing_to_count) {
    const auto id = enqueue(Kind::verify, "ann@example.org", 9);
    change(set_state, id, "postponed");
    BOOST_CHECK(!take());
    BOOST_TEST(state(id) == State::shelved);
    BOOST_CHECK(mail::latest_for_subject(database, 9)->state == State::shelved);
    for (const auto& [state, count] : mail::statistics(database).count)
        BOOST_TEST(count == 0, mail::word_for(state));
    BOOST_CHECK(!mail::state_of("postponed"));
}

BOOST_AUTO_TEST_CASE(the_mailbox_leaves_out_what_it_cannot_show) {
    const auto hold = [this] {
        const auto id = enqueue();
        BOOST_TEST(commit(mail::finish, take().value(), State::accepted, "held", clock.now()));
        return id;
    };
    change(set_kind, hold(), "of a newer version");
    change(set_recipient, hold(), "nobody");
    const auto good = hold();
    const auto shown = mail::held_mails(database, messages);
    BOOST_REQUIRE(shown.size() == 1U);
    BOOST_TEST(shown.front().id == good);
}

BOOST_AUTO_TEST_SUITE_END()
