#define BOOST_TEST_MODULE postern
#include <boost/test/unit_test.hpp>

#include "base/secret.h"

namespace {
struct Cryptography {
    Cryptography() { base::start_cryptography(); }
};
}  // namespace
BOOST_TEST_GLOBAL_FIXTURE(Cryptography);
