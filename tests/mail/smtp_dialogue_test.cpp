#include "mail/smtp_dialogue.h"

#include <boost/test/unit_test.hpp>

using mail::Dialogue;
using mail::one_line;
using mail::Outcome;

BOOST_AUTO_TEST_SUITE(smtp_dialogue_test)

BOOST_AUTO_TEST_CASE(a_reply_becomes_one_harmless_line) {
    BOOST_TEST(one_line("550-no\r\n550 such \x1b[31muser\r\n") == "550-no 550 such [31muser");
    BOOST_TEST(one_line("") == "");
    BOOST_TEST(one_line("\r\n \t") == "");
    BOOST_TEST(one_line("550 Empf\xc3\xa4nger") == "550 Empf nger");
    BOOST_TEST(one_line(std::string(3'000, '.')).size() == 400U);
}

BOOST_AUTO_TEST_CASE(a_link_that_the_relay_quotes_is_cut_out) {
    const std::string token = "AAAAAAAAAAdayogXmO-jS7wC4ejWeJpLMRf1rUzmmKrKIst5sNcmSA";
    BOOST_TEST(one_line("554 spam: https://example.org/verify?token=" + token + " found") ==
               "554 spam: https://example.org/verify?token=... found");
    // However the transfer encoding has broken it, one half is long enough.
    for (std::size_t at = 1; at < token.size(); ++at) {
        const std::string words = one_line(token.substr(0, at) + "=\r\n" + token.substr(at));
        BOOST_TEST(words.find("...") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(what_is_said_after_quit_changes_nothing) {
    Dialogue dialogue;
    BOOST_TEST(dialogue.reply_line("220 hello\r\n"));
    dialogue.command_sent("MAIL FROM:<a@example.org>\r\n");
    BOOST_TEST(dialogue.reply_line("250 ok\r\n"));
    dialogue.command_sent("RCPT TO:<b@example.org>\r\n");
    BOOST_TEST(dialogue.reply_line("450 busy\r\n"));
    dialogue.command_sent("QUIT\r\n");
    BOOST_TEST(dialogue.reply_line("550 no\r\n"));
    BOOST_CHECK(dialogue.verdict("").outcome == Outcome::try_later);
    BOOST_TEST(dialogue.verdict("").words == "450 busy");
}

BOOST_AUTO_TEST_CASE(an_old_refusal_is_not_taken_for_the_answer_to_a_later_command) {
    Dialogue dialogue;
    dialogue.command_sent("EHLO example.org\r\n");
    BOOST_TEST(dialogue.reply_line("502 what?\r\n"));
    dialogue.command_sent("HELO example.org\r\n");
    BOOST_TEST(dialogue.reply_line("250 fake\r\n"));
    dialogue.command_sent("MAIL FROM:<a@example.org>\r\n");
    const auto verdict = dialogue.verdict("connection lost");
    BOOST_CHECK(verdict.outcome == Outcome::relay_trouble);
    BOOST_TEST(verdict.words == "failed at MAIL: connection lost");
}

BOOST_AUTO_TEST_CASE(half_of_a_reply_to_the_dot_is_no_reply) {
    Dialogue dialogue;
    dialogue.text_begun();
    dialogue.dot_given();
    BOOST_TEST(dialogue.reply_line("250-almost\r\n"));
    BOOST_CHECK(dialogue.verdict("closed").outcome == Outcome::unknown);
    BOOST_TEST(dialogue.reply_line("250 done\r\n"));
    BOOST_CHECK(dialogue.verdict("closed").outcome == Outcome::accepted);
    BOOST_TEST(dialogue.verdict("closed").words == "250-almost 250 done");
}

BOOST_AUTO_TEST_CASE(more_than_the_budget_is_not_listened_to) {
    Dialogue dialogue;
    const std::string line = "250-" + std::string(996, 'x');
    for (std::size_t heard = line.size(); heard <= Dialogue::reply_budget; heard += line.size()) {
        BOOST_TEST(dialogue.reply_line(line));
    }
    BOOST_TEST(!dialogue.reply_line(line));
}

BOOST_AUTO_TEST_SUITE_END()
