#include "base/descriptor.h"

#include <fcntl.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <utility>

#include "support/temporary_directory.h"

using base::Descriptor;

namespace {

bool is_open(int number) {
    return fcntl(number, F_GETFD) >= 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(descriptor_test)

BOOST_AUTO_TEST_CASE(what_could_not_be_opened_is_none) {
    const Descriptor missing(open("/no/such/file", O_RDONLY));
    BOOST_TEST(!missing.is_open());
    BOOST_TEST(!Descriptor().is_open());
}

BOOST_AUTO_TEST_CASE(it_is_closed_once_by_its_last_owner) {
    Descriptor kept;
    int number = -1;
    {
        Descriptor opened(open("/dev/null", O_RDONLY));
        number = opened;
        Descriptor moved(std::move(opened));
        BOOST_TEST(!opened.is_open());
        kept = std::move(moved);
    }
    BOOST_TEST(is_open(number));
    kept = Descriptor();
    BOOST_TEST(!is_open(number));
}

BOOST_AUTO_TEST_CASE(names_are_made_durable_in_a_directory_and_nowhere_else) {
    const support::TemporaryDirectory directory;
    BOOST_TEST(base::sync_names_in(directory.path()));
    BOOST_TEST(base::sync_names_in(""));
    BOOST_TEST(!base::sync_names_in(directory.path() / "none"));
    BOOST_TEST(errno == ENOENT);
}

BOOST_AUTO_TEST_SUITE_END()
