#include "accounts/pace.h"

#include <boost/test/unit_test.hpp>

#include "accounts/sign_in.h"
#include "tests/accounts/world.h"

using accounts::HashCost;
using accounts::Pace;
using namespace std::chrono_literals;

namespace {

accounts::PasswordSettings live(std::uint64_t memory_kib, std::uint64_t passes) {
    accounts::PasswordSettings settings;
    settings.memory_kib = memory_kib;
    settings.passes = passes;
    return settings;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pace_test)

BOOST_AUTO_TEST_CASE(before_the_first_hash_nothing_is_held_back) {
    BOOST_TEST((Pace(live(128, 2)).refusal() == 0ns));
}

BOOST_AUTO_TEST_CASE(a_refusal_leaves_well_after_any_hash_is_done) {
    Pace pace(live(128, 2));
    pace.note(HashCost{128, 2}, 10ms);
    BOOST_TEST((pace.refusal() == 50ms));
    pace.note(HashCost{64, 1}, 2'500us);  // an older, cheaper one, just as fast for its cost
    BOOST_TEST((pace.refusal() == 50ms));
    pace.note(HashCost{256, 4}, 40ms);  // a dearer one: the cost was lowered
    BOOST_TEST((pace.refusal() == 200ms));
}

BOOST_AUTO_TEST_CASE(a_cheap_old_hash_alone_tells_what_the_live_one_takes) {
    Pace pace(live(128, 2));
    pace.note(HashCost{64, 1}, 2'500us);
    BOOST_TEST((pace.refusal() == 50ms));
}

BOOST_AUTO_TEST_CASE(a_busy_moment_and_a_little_more_speed_change_nothing) {
    Pace pace(live(128, 2));
    pace.note(HashCost{128, 2}, 9ms);
    BOOST_TEST((pace.refusal() == 50ms));
    pace.note(HashCost{128, 2}, 500ms);
    pace.note(HashCost{128, 2}, 8'500us);
    BOOST_TEST((pace.refusal() == 50ms));
}

BOOST_FIXTURE_TEST_CASE(an_unknown_address_and_an_account_are_noted, world::World) {
    add();
    for (const char* email : {"eve@example.org", "ada@example.org", "no address"}) {
        Pace noting(settings.password);
        accounts::Domain here{database, writer, clock, keys, settings, touches, refusals, noting};
        BOOST_TEST((noting.refusal() == 0ns));
        (void)accounts::sign_in(here, email, "x", false, world::device, std::nullopt);
        BOOST_TEST((noting.refusal() > 0ns), email);
    }
}

BOOST_AUTO_TEST_SUITE_END()
