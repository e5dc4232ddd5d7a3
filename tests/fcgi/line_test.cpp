#include "fcgi/line.h"

#include <boost/test/unit_test.hpp>

#include <optional>

#include "fcgi/in_line.h"
#include "fcgi/lane.h"
#include "support/child_process.h"
#include "support/temporary_directory.h"

using fcgi::Line;
using Level = fcgi::Load::Level;
using fcgi_test::get;
using fcgi_test::InLine;
using fcgi_test::is_status;
using fcgi_test::Lane;
using fcgi_test::later;

namespace {

class Fixture {
  protected:
    const support::TemporaryDirectory directory;
    const std::filesystem::path file = directory.path() / "line";

    fcgi::LaneSettings in_line(int listener = -1) const {
        fcgi::LaneSettings settings;
        settings.listener = listener;
        settings.line = file;
        return settings;
    }
};

// The answer to a visitor who came over a connection of his own.
std::string answer_at(const std::string& path) {
    FastcgiClient visitor(path);
    return visitor.ask(get);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(line_test, Fixture)

BOOST_AUTO_TEST_CASE(the_first_takes_and_the_others_leave_it_to_him) {
    InLine first(file);
    const InLine second(file);
    const InLine third(file);
    BOOST_TEST(!first.others_take());
    BOOST_TEST(second.others_take());
    BOOST_TEST(third.others_take());
    first.go_to_the_end();
    BOOST_TEST(first.others_take());
    BOOST_TEST(!second.others_take());
    BOOST_TEST(third.others_take());
}

BOOST_AUTO_TEST_CASE(who_is_full_leaves_it_to_any_who_is_not) {
    InLine first(file);
    InLine second(file);
    first.set_level(Level::full);
    BOOST_TEST(first.others_take());
    BOOST_TEST(!second.others_take());
    second.set_level(Level::full);
    BOOST_TEST(!first.others_take());
    BOOST_TEST(!second.others_take());
    first.set_level(Level::busy);
    BOOST_TEST(!first.others_take());
    BOOST_TEST(second.others_take());
}

BOOST_AUTO_TEST_CASE(as_many_take_as_there_are_cores) {
    const InLine first(file, Level::busy, 2);
    InLine second(file, Level::busy, 2);
    InLine third(file, Level::busy, 2);
    BOOST_TEST(!first.others_take());
    BOOST_TEST(!second.others_take());
    BOOST_TEST(third.others_take());
    second.set_level(Level::full);
    BOOST_TEST(!third.others_take());
}

BOOST_AUTO_TEST_CASE(nobody_waits_for_one_who_is_idle_but_who_is_full_does) {
    const InLine idle(file, Level::idle);
    InLine second(file);
    BOOST_TEST(!second.others_take());
    second.set_level(Level::full);
    BOOST_TEST(second.others_take());
}

BOOST_AUTO_TEST_CASE(nobody_waits_for_one_who_left) {
    InLine drains(file);
    std::optional<InLine> ended(file);
    const InLine stays(file);
    drains.leave();
    ended.reset();
    BOOST_TEST(!stays.others_take());
}

BOOST_AUTO_TEST_CASE(nobody_waits_for_one_who_was_killed_and_his_place_begins_anew) {
    const int status = support::exit_code_in_child([&] {
        InLine killed(file);
        return raise(SIGKILL);
    });
    BOOST_TEST(status == 128 + SIGKILL);
    std::optional<Line> next;
    {
        const Line has_his_place(file, 1);
        const InLine second(file);
        BOOST_TEST(!second.others_take());
        next.emplace(file, 1);
        next->go_to_the_end();
        next->set_level(Level::busy);
        BOOST_TEST(!second.others_take());
        BOOST_TEST(next->others_take());
    }
    BOOST_TEST(!next->others_take());
}

BOOST_AUTO_TEST_CASE(who_lets_one_lie_counts_as_full_until_he_moves) {
    InLine hangs(file);
    InLine waited(file);
    const InLine behind(file);
    waited.pass_them_over();
    BOOST_TEST(!waited.others_take());
    BOOST_TEST(!hangs.others_take());  // he does not know
    BOOST_TEST(behind.others_take());  // the one who waited
    hangs.set_level(Level::busy);
    BOOST_TEST(waited.others_take());
}

BOOST_AUTO_TEST_CASE(a_loop_that_has_no_time_left_tells_the_line) {
    Lane lane(in_line());
    const InLine full(file, Level::full);
    BOOST_TEST(full.others_take());
    FastcgiClient visitor(lane.path());
    for (int i = 0; i < 200 && full.others_take(); ++i) visitor.ask(later("/slow"));
    BOOST_TEST(!full.others_take());
}

BOOST_AUTO_TEST_CASE(a_busy_loop_that_hangs_keeps_nobody_waiting) {
    const InLine hangs(file);
    Lane second(in_line());
    for (int i = 0; i < 20; ++i) BOOST_TEST_REQUIRE(is_status(answer_at(second.path()), 200));
    BOOST_TEST(second.calls() == 20);
}

BOOST_AUTO_TEST_CASE(a_loop_that_drains_leaves_everything_to_the_next) {
    Lane drains(in_line());
    Lane second(in_line(drains.listener()));
    drains.acceptor().stop();
    drains.acceptor().join();
    for (int i = 0; i < 20; ++i) BOOST_TEST_REQUIRE(is_status(answer_at(drains.path()), 200));
    BOOST_TEST(second.calls() == 20);
}

BOOST_AUTO_TEST_CASE(without_its_file_a_lane_serves_all_the_same) {
    fcgi::LaneSettings settings = in_line();
    settings.line = directory.path() / "none" / "line";
    Lane lane(settings);
    BOOST_TEST(is_status(answer_at(lane.path()), 200));
}

BOOST_AUTO_TEST_SUITE_END()
