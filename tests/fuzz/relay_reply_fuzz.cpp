// The lines of a relay, as they come, and what is written down of them.
#include "fuzz/fuzz.h"
#include "mail/smtp_dialogue.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest = fuzz::text_of(data, size);
    mail::Dialogue dialogue;
    constexpr std::string_view commands[] = {"EHLO localhost\r\n", "MAIL FROM:<a@b.c>\r\n",
                                             "RCPT TO:<d@e.f>\r\n", "DATA\r\n"};
    std::size_t sent = 0;
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        const std::string_view line = rest.substr(0, end == rest.npos ? end : end + 1);
        rest.remove_prefix(line.size());
        if (!dialogue.reply_line(line)) break;
        if (sent < std::size(commands)) dialogue.command_sent(commands[sent]);
        if (++sent == std::size(commands) + 1) dialogue.text_begun();
        if (sent == std::size(commands) + 2) dialogue.dot_given();
    }
    const mail::Verdict verdict = dialogue.verdict("connection lost");
    fuzz::must(verdict.words.size() <= 400 && !fuzz::has_control_character(verdict.words));
    if (verdict.outcome == mail::Outcome::accepted) fuzz::must(sent > std::size(commands));
    return 0;
}
