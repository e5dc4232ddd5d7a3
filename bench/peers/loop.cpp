// libfcgi as its own examples use it: an accept loop a thread, a constant answer.
//
//   bench_loop SOCKET THREADS
#include <fcgiapp.h>

#include <iostream>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr const char* answer =
    "Content-Type: application/json\r\n\r\n"
    R"({"account":{"id":"1","email":"visitor@example.net","name":"Visitor"}})";

void serve(int listener) {
    FCGX_Request request;
    FCGX_InitRequest(&request, listener, 0);
    while (FCGX_Accept_r(&request) == 0) {
        FCGX_PutS(answer, request.out);
        FCGX_Finish_r(&request);
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3 || FCGX_Init() != 0) {
        std::cerr << "bench_loop SOCKET THREADS\n";
        return 2;
    }
    const int listener = FCGX_OpenSocket(argv[1], 4096);
    std::vector<std::thread> threads;
    for (int i = 0; i < std::stoi(argv[2]); ++i) threads.emplace_back(serve, listener);
    for (std::thread& thread : threads) thread.join();
}
