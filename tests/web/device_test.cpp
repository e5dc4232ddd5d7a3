#include "web/device.h"

#include <boost/test/unit_test.hpp>

using web::describe_device;

BOOST_AUTO_TEST_SUITE(device_test)

BOOST_AUTO_TEST_CASE(what_says_nothing_is_unknown) {
    BOOST_TEST(describe_device("") == "Unknown browser");
    BOOST_TEST(describe_device("\xff<script>") == "Unknown browser");
}

BOOST_AUTO_TEST_CASE(browsers_that_claim_to_be_others_are_told_apart) {
    BOOST_TEST(describe_device("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 "
                               "Firefox/128.0") == "Firefox on Linux");
    BOOST_TEST(describe_device("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
                               "(KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0") ==
               "Edge on Windows");
    BOOST_TEST(describe_device("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like "
                               "Gecko) Chrome/126.0 Mobile Safari/537.36") == "Chrome on Android");
    BOOST_TEST(describe_device("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) "
                               "AppleWebKit/605.1.15 Version/17.5 Mobile Safari/604.1") ==
               "Safari on iPhone");
    BOOST_TEST(describe_device("curl/7.88.1") == "curl");
}

BOOST_AUTO_TEST_SUITE_END()
