#include "web/device.h"

#include <array>
#include <span>

namespace web {
namespace {

struct Sign {
    std::string_view part;  // of the User-Agent
    std::string_view name;
};

// The first that matches counts: most browsers also claim to be Chrome and Safari.
constexpr std::array browsers{
    Sign{"Edg", "Edge"},
    Sign{"OPR/", "Opera"},
    Sign{"SamsungBrowser/", "Samsung Internet"},
    Sign{"Firefox/", "Firefox"},
    Sign{"FxiOS/", "Firefox"},
    Sign{"CriOS/", "Chrome"},
    Sign{"Chrome/", "Chrome"},
    Sign{"Safari/", "Safari"},
    Sign{"curl/", "curl"},
};

// Android says Linux too, an iPhone Mac OS X.
constexpr std::array systems{
    Sign{"Android", "Android"}, Sign{"iPhone", "iPhone"},   Sign{"iPad", "iPad"},
    Sign{"CrOS", "ChromeOS"},   Sign{"Windows", "Windows"}, Sign{"Mac OS X", "macOS"},
    Sign{"Linux", "Linux"},
};

std::string_view find_name(std::span<const Sign> signs, std::string_view user_agent) {
    for (const Sign& sign : signs) {
        if (user_agent.find(sign.part) != std::string_view::npos) return sign.name;
    }
    return "";
}

}  // namespace

std::string describe_device(std::string_view user_agent) {
    const std::string_view browser = find_name(browsers, user_agent);
    const std::string_view system = find_name(systems, user_agent);
    std::string words(browser.empty() ? "Unknown browser" : browser);
    if (!system.empty()) words.append(" on ").append(system);
    return words;
}

}  // namespace web
