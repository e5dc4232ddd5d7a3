#include <boost/test/unit_test.hpp>

#include <thread>
#include <vector>

#include "accounts/pace.h"

BOOST_AUTO_TEST_SUITE(pace_threads_test)

BOOST_AUTO_TEST_CASE(what_many_threads_learn_at_once_is_not_lost) {
    constexpr int threads = 4;
    constexpr int notes = 50'000;
    accounts::PasswordSettings live;
    live.memory_kib = 1;
    live.passes = 1;
    accounts::Pace pace(live);
    std::vector<std::jthread> hashing;
    for (int thread = 0; thread < threads; ++thread) {
        hashing.emplace_back([&pace, thread] {
            for (int i = 1; i <= notes; ++i) {
                const auto memory = static_cast<std::uint64_t>(i * threads + thread);
                pace.note({memory, 1}, std::chrono::microseconds(memory));
            }
        });
    }
    hashing.clear();  // joins
    // A microsecond for a KiB, and the dearest hash has the most KiB of all.
    BOOST_TEST((pace.refusal() >= 5 * std::chrono::microseconds(notes * threads + threads - 1)));
}

BOOST_AUTO_TEST_SUITE_END()
