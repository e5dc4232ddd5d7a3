// How many passwords this machine verifies a second on so many threads, and nothing else: what the
// hashing lane is measured against. The cost is the product's default.
//
//   bench_hashes THREADS SECONDS
//
// Prints the number.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "accounts/password.h"
#include "base/secret.h"

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "bench_hashes THREADS SECONDS\n";
        return 2;
    }
    using Clock = std::chrono::steady_clock;
    base::start_cryptography();
    const std::string password = "a lamp, a boat and seven hills";
    const std::string hash = accounts::hash_password(password, {});
    const auto start = Clock::now();
    const std::chrono::duration<double> span(std::stod(argv[2]));
    std::atomic<int> verified = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < std::stoi(argv[1]); ++i) {
        threads.emplace_back([&] {
            while (Clock::now() - start < span) {
                if (!accounts::verify_password(hash, password)) std::abort();
                ++verified;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    const std::chrono::duration<double> took = Clock::now() - start;
    std::printf("%.2f\n", verified.load() / took.count());
    return 0;
}
