#include "base/shared_places.h"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <memory>
#include <system_error>
#include <vector>

#include "support/child_process.h"
#include "support/temporary_directory.h"

namespace {

struct Place {
    std::atomic<int> number;
};
using Places = base::SharedPlaces<Place>;

class Fixture {
  protected:
    const support::TemporaryDirectory directory;
    const std::filesystem::path file = directory.path() / "places";
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(shared_places_test, Fixture)

BOOST_AUTO_TEST_CASE(two_of_one_process_have_a_place_each_and_see_the_other) {
    const Places first(file);
    const Places second(file);
    first.own().number = 1;
    second.own().number = 2;
    BOOST_TEST(second.all()[0].number == 1);
    BOOST_TEST(first.all()[1].number == 2);
    for (const Places* places : {&first, &second}) {
        BOOST_TEST(places->is_taken(0));
        BOOST_TEST(places->is_taken(1));
        BOOST_TEST(!places->is_taken(2));
    }
}

BOOST_AUTO_TEST_CASE(the_place_of_who_was_killed_is_free_and_keeps_what_stood_there) {
    const int status = support::exit_code_in_child([&] {
        const Places killed(file);
        killed.own().number = 7;
        return raise(SIGKILL);
    });
    BOOST_TEST(status == 128 + SIGKILL);
    const Places next(file);
    BOOST_TEST(next.own().number == 7);
    BOOST_TEST(&next.own() == next.all().data());
}

BOOST_AUTO_TEST_CASE(one_more_than_there_are_places_is_refused_until_one_is_free) {
    std::vector<std::unique_ptr<Places>> all;
    for (std::size_t i = 0; i < base::SharedFile::place_count; ++i) {
        all.push_back(std::make_unique<Places>(file));
    }
    BOOST_CHECK_THROW(Places{file}, std::system_error);
    all.erase(all.begin() + 5);
    BOOST_TEST(&Places(file).own() != nullptr);
}

BOOST_AUTO_TEST_CASE(no_right_is_an_error_with_the_name_of_the_file) {
    BOOST_CHECK_EXCEPTION(Places(directory.path() / "none" / "places"), std::system_error,
                          [](const std::system_error& error) {
                              return std::string(error.what()).find("none/places") !=
                                     std::string::npos;
                          });
}

BOOST_AUTO_TEST_SUITE_END()
