// What each reply of a relay means, by where in the dialogue it comes.
#include <boost/test/unit_test.hpp>

#include "mail/smtp_dialogue.h"

using mail::Dialogue;
using mail::Outcome;

namespace {

Dialogue at(std::string_view command) {
    Dialogue dialogue;
    BOOST_TEST(dialogue.reply_line("220 hello\r\n"));
    for (const std::string_view step :
         {"MAIL FROM:<a@example.org>\r\n", "RCPT TO:<b@example.org>\r\n", "DATA\r\n"}) {
        dialogue.command_sent(step);
        if (step.starts_with(command)) return dialogue;
        BOOST_TEST(dialogue.reply_line("250 ok\r\n"));
    }
    return dialogue;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(smtp_replies_test)

BOOST_AUTO_TEST_CASE(who_has_to_sign_in_first_is_not_refused) {
    for (const char* reply : {"530 sign in\r\n", "534 stronger\r\n", "535 wrong\r\n",
                              "538 encrypt first\r\n", "421 busy\r\n"}) {
        auto dialogue = at("RCPT");
        BOOST_TEST(dialogue.reply_line(reply));
        BOOST_CHECK(dialogue.verdict("").outcome == Outcome::relay_trouble);
    }
    for (const char* reply : {"531 no\r\n", "550 no\r\n", "539 no\r\n"}) {
        auto dialogue = at("RCPT");
        BOOST_TEST(dialogue.reply_line(reply));
        BOOST_CHECK(dialogue.verdict("").outcome == Outcome::refused);
    }
}

BOOST_AUTO_TEST_CASE(a_line_that_is_no_reply_answers_nothing) {
    for (const char* line : {"", "25", "abc\r\n", "2x0 ok\r\n", "25: ok\r\n", "/50 ok\r\n"}) {
        auto dialogue = at("RCPT");
        BOOST_TEST(dialogue.reply_line(line));
        const auto verdict = dialogue.verdict("gone");
        BOOST_CHECK(verdict.outcome == Outcome::try_later);
        BOOST_TEST(verdict.words == "failed at RCPT: gone", line);
    }
    auto dialogue = at("RCPT");
    BOOST_TEST(dialogue.reply_line("550"));
    BOOST_CHECK(dialogue.verdict("").outcome == Outcome::refused);
}

BOOST_AUTO_TEST_CASE(the_place_of_a_failure_is_named) {
    BOOST_TEST(Dialogue().verdict("gone").words == "failed at the connection: gone");
    BOOST_TEST(at("MAIL").verdict("gone").words == "failed at MAIL: gone");
    BOOST_TEST(at("DATA").verdict("gone").words == "failed at DATA: gone");
    auto dialogue = at("DATA");
    dialogue.text_begun();
    BOOST_TEST(dialogue.verdict("gone").words == "failed at the text: gone");
    BOOST_CHECK(dialogue.verdict("gone").outcome == Outcome::try_later);
    dialogue.dot_given();
    BOOST_TEST(dialogue.verdict("gone").words == "failed at the final dot: gone");
    BOOST_CHECK(dialogue.verdict("gone").outcome == Outcome::unknown);
}

BOOST_AUTO_TEST_CASE(words_keep_what_can_be_read_and_are_cut_where_they_are_long) {
    BOOST_TEST(mail::one_line("550 {no_such-user}\x7f ~") == "550 {no_such-user} ~");
    const std::string just_below(26, 'x');
    std::string words;
    while (words.size() < 390) words += just_below + " ";
    BOOST_TEST(mail::one_line(words + words).size() <= 400U);
}

BOOST_AUTO_TEST_CASE(a_command_within_the_text_is_text) {
    auto dialogue = at("DATA");
    dialogue.text_begun();
    dialogue.command_sent("MAIL FROM:<a@example.org>\r\n");
    BOOST_TEST(!dialogue.is_quitting());
    BOOST_TEST(dialogue.text_has_begun());
    dialogue.command_sent("QUIT\r\n");
    dialogue.command_sent("QUIT\r\n");
    BOOST_TEST(dialogue.is_quitting());
}

BOOST_AUTO_TEST_SUITE_END()
