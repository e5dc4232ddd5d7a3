// A visitor of the doctor's: one HTTP request at a time, no redirect followed, nothing taken from
// the environment.
#pragma once

#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli::doctor {

struct Question {
    std::string method = "GET";          // or POST
    std::string url;                     // sent as it stands
    std::vector<std::string> headers{};  // "Name: value"
    std::string body{};
};

struct Answer {
    int status = 0;                                            // 0: none came
    std::string failure;                                       // why
    std::vector<std::pair<std::string, std::string>> headers;  // names in small letters
    std::string body;                                          // at most its first MiB

    [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
    [[nodiscard]] std::string first(std::string_view name) const;  // "" when there is none
    [[nodiscard]] bool mentions(std::string_view text) const;      // in headers or body
    [[nodiscard]] std::string summary() const;  // "404", or why there is no answer
};

// Waits ten seconds at the most.
[[nodiscard]] Answer ask(const Question& question);

struct Certificate {
    std::optional<std::time_t> ends;  // nothing: none was shown
    std::string refusal;              // why a browser would not go on; "" when it would
};

// The one that is shown for an https URL, whether it is good or not.
[[nodiscard]] Certificate certificate_of(const std::string& url);

}  // namespace cli::doctor
