// FastCGI parameters, as libfcgi gives them: "NAME=value" strings, here with a NUL between.
#include <string>
#include <vector>

#include "fcgi/parameters.h"
#include "fuzz/fuzz.h"
#include "http/request.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(fuzz::text_of(data, size));
    std::vector<const char*> environment;
    for (std::size_t at = 0; at < text.size(); at = text.find('\0', at)) {
        if (text[at] == '\0' && ++at == text.size()) break;
        environment.push_back(text.c_str() + at);
        if (text.find('\0', at) == std::string::npos) break;
    }
    environment.push_back(nullptr);
    const fcgi::Parameters read = fcgi::read_parameters(environment.data());
    fuzz::must(read.request.body.empty());
    fuzz::must(read.request.request_id.size() == 32);
    fuzz::must(!fuzz::has_control_character(read.request.request_id));
    (void)http::wants_json(read.request);
    return 0;
}
