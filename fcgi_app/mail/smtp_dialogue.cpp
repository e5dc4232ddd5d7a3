#include "mail/smtp_dialogue.h"

#include <array>
#include <utility>

namespace mail {
namespace {

constexpr std::size_t words_limit = 400;
constexpr std::size_t token_like = 27;  // half of a link's token

bool is_token_character(char byte) noexcept {
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z') || byte == '-' || byte == '_';
}

std::size_t token_length(std::string_view text) noexcept {
    std::size_t count = 0;
    while (count < text.size() && is_token_character(text[count])) ++count;
    return count;
}

// The code of a reply line; 0 for a line that is none.
int code_of(std::string_view line) noexcept {
    if (line.size() < 3) return 0;
    int code = 0;
    for (const char digit : line.substr(0, 3)) {
        if (digit < '0' || digit > '9') return 0;
        code = code * 10 + (digit - '0');
    }
    return code;
}

// RFC 4954: the relay wants us to sign in, or to do it in another way. Says nothing of the mail.
bool is_about_sign_in(int code) noexcept {
    return code == 530 || code == 534 || code == 535 || code == 538;
}

}  // namespace

std::string one_line(std::string_view words) {
    std::string out;
    while (!words.empty() && out.size() < words_limit) {
        const std::size_t run = token_length(words);
        if (run >= token_like) {
            out.append("...");
        } else if (run > 0) {
            out.append(words.substr(0, run));
        } else if (words.front() > ' ' && words.front() <= '~') {
            out.push_back(words.front());
        } else if (!out.empty() && out.back() != ' ') {
            out.push_back(' ');
        }
        words.remove_prefix(run > 0 ? run : 1);
    }
    if (out.size() > words_limit) out.resize(words_limit);
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

void Dialogue::command_sent(std::string_view command) {
    constexpr std::array<std::pair<std::string_view, Step>, 3> verbs{
        {{"MAIL ", Step::mail}, {"RCPT ", Step::recipient}, {"DATA", Step::data}}};
    if (command.starts_with("QUIT")) quitting_ = true;
    if (step_ >= Step::text) return;
    for (const auto& [verb, step] : verbs) {
        if (command.starts_with(verb)) step_ = step;
    }
}

bool Dialogue::reply_line(std::string_view line) {
    received_ += line.size();
    if (received_ > reply_budget) return false;
    if (quitting_) return true;
    if (step_ == Step::connect) step_ = Step::session;
    lines_.append(line);
    const bool last = code_of(line) != 0 && (line.size() == 3 || line[3] != '-');
    if (!last) return true;
    reply_ = std::exchange(lines_, {});
    code_ = code_of(line);
    answered_ = step_;
    return true;
}

Outcome Dialogue::outcome() const noexcept {
    const int kind = code_ / 100;
    if (answered_ == Step::dot) {
        if (kind == 2) return Outcome::accepted;
        return kind == 5 ? Outcome::refused : Outcome::try_later;
    }
    if (step_ == Step::dot) return Outcome::unknown;
    if (!stopped_.empty()) return Outcome::stopped;
    const bool last_word = answered_ == step_ && kind >= 4;
    if (last_word && (code_ == 421 || is_about_sign_in(code_))) return Outcome::relay_trouble;
    if (last_word && kind == 5 && step_ >= Step::mail) return Outcome::refused;
    return step_ >= Step::recipient ? Outcome::try_later : Outcome::relay_trouble;
}

std::string_view Dialogue::word_for(Step step) noexcept {
    switch (step) {
        case Step::connect:
            return "the connection";
        case Step::session:
            return "the greeting or sign-in";
        case Step::mail:
            return "MAIL";
        case Step::recipient:
            return "RCPT";
        case Step::data:
            return "DATA";
        case Step::text:
            return "the text";
        case Step::dot:
            return "the final dot";
    }
    return "";
}

Verdict Dialogue::verdict(std::string_view failure) const {
    const Outcome result = outcome();
    const bool relay_spoke_last = answered_ == step_ && (code_ >= 400 || answered_ == Step::dot);
    if (result == Outcome::stopped) return {result, one_line(stopped_)};
    if (relay_spoke_last) return {result, one_line(reply_)};
    std::string words = "failed at ";
    words.append(word_for(step_)).append(": ").append(failure);
    return {result, one_line(words)};
}

}  // namespace mail
