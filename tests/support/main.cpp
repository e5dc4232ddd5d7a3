#define BOOST_TEST_NO_MAIN
#include <boost/test/unit_test.hpp>
#include <iostream>

#include "base/secret.h"
#include "support/skip.h"

namespace {

bool is_anything_skipped = false;

struct Cryptography {
    Cryptography() { base::start_cryptography(); }
};

}  // namespace
BOOST_TEST_GLOBAL_FIXTURE(Cryptography);

void support::skip(std::string_view why) {
    is_anything_skipped = true;
    std::cout << "SKIPPED: " << why << std::endl;
}

int main(int count, char** words) {
    const int status = boost::unit_test::unit_test_main([] { return true; }, count, words);
    return status == 0 && is_anything_skipped ? support::skipped_status : status;
}
