#include "accounts/common_password.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>

#include "common_words_txt.h"

namespace accounts {
namespace {

constexpr std::size_t max_parts = 3;
constexpr std::size_t max_words = 2;
constexpr std::size_t max_bytes = 64;  // three parts are not longer
constexpr std::size_t max_any_unit = 4;
constexpr std::size_t shortest_run = 3;

// Ways of the finger, read forwards and backwards.
constexpr std::array<std::string_view, 16> ways{
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "1234567890-=",
    "!@#$%^&*()_+",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertyuiop[]asdfghjkl;'zxcvbnm,./",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "qazwsxedcrfvtgbyhnujmikolp",
    "zaq1xsw2cde3vfr4bgt5nhy6mju7",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "1a2b3c4d5e6f7g8h9i0j",
    "a1b2c3d4e5f6g7h8i9j0",
    "aabbccddeeffgghhiijjkkllmmnnooppqqrrssttuuvvwwxxyyzz",
};

std::unordered_set<std::string_view> read_words() {
    std::unordered_set<std::string_view> words;
    for (std::string_view rest = files::common_words_txt; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const auto line = rest.substr(0, end);
        if (!line.starts_with('#')) words.insert(line);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return words;
}

bool is_word(std::string_view text) {
    static const auto words = read_words();
    return words.contains(text);
}

bool is_year(std::string_view text) {
    return text.size() == 4 && (text.starts_with("19") || text.starts_with("20")) &&
           text.find_first_not_of("0123456789") == text.npos;
}

bool is_on_a_way(std::string_view text) {
    const std::string backwards(text.rbegin(), text.rend());
    return std::any_of(ways.begin(), ways.end(), [&](std::string_view way) {
        return way.find(text) != way.npos || way.find(backwards) != way.npos;
    });
}

bool is_run(std::string_view text) {
    return text.find_first_not_of(text.front()) == text.npos || is_year(text) ||
           (text.size() >= shortest_run && is_on_a_way(text));
}

bool is_made_of(std::string_view text, std::size_t parts, std::size_t words) {
    if (text.empty()) return true;
    for (std::size_t size = parts == 1 ? text.size() : 1; size <= text.size(); ++size) {
        const auto part = text.substr(0, size);
        const auto rest = text.substr(size);
        if (is_run(part) && is_made_of(rest, parts - 1, words)) return true;
        if (words > 0 && is_word(part) && is_made_of(rest, parts - 1, words - 1)) return true;
    }
    return false;
}

bool is_common_part(std::string_view text) {
    return text.size() <= max_bytes && is_made_of(text, max_parts, max_words);
}

// The last repetition may be cut short.
bool repeats(std::string_view text, std::size_t unit) {
    return text.substr(unit) == text.substr(0, text.size() - unit);
}

}  // namespace

bool is_common_password(std::string_view password) {
    if (is_common_part(password)) return true;
    for (std::size_t unit = 1; unit < password.size(); ++unit) {
        if (!repeats(password, unit)) continue;
        if (unit <= max_any_unit && password.size() >= 2 * unit) return true;
        if (is_common_part(password.substr(0, unit))) return true;
    }
    return false;
}

}  // namespace accounts
