#include "mail/mime.h"

#include <boost/test/unit_test.hpp>
#include <stdexcept>

#include "mail/queue.h"

using mail::HeaderText;
using mail_test::address;

namespace {

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = text.find("\r\n");
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    }
    return lines;
}

// What a receiver makes of it.
std::string decoded(std::string_view quoted) {
    std::string out;
    for (std::size_t at = 0; at < quoted.size(); ++at) {
        if (quoted[at] != '=') {
            out.push_back(quoted[at]);
        } else if (quoted.substr(at, 3) == "=\r\n") {
            at += 2;
        } else {
            out.push_back(
                static_cast<char>(std::stoi(std::string(quoted.substr(at + 1, 2)), nullptr, 16)));
            at += 2;
        }
    }
    return out;
}

std::string decoded_words(std::string_view field) {
    std::string out;
    constexpr std::string_view opening = "=?UTF-8?Q?";
    for (auto at = field.find(opening); at != std::string_view::npos;
         at = field.find(opening, at)) {
        at += opening.size();
        const auto end = field.find("?=", at);
        std::string word(field.substr(at, end - at));
        std::replace(word.begin(), word.end(), '_', ' ');
        out += decoded(word);
        BOOST_TEST(base::is_utf8(decoded(word)), "a character was cut in two");
    }
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mime_test)

BOOST_AUTO_TEST_CASE(a_header_cannot_hold_what_would_end_it) {
    for (const std::string_view text :
         {"two\r\nBcc: all@example.org", "bare\nline feed", "bare\rreturn", "escape\x1b[0m",
          "next line\xc2\x85", "cut\xc3", "del\x7f"}) {
        BOOST_CHECK_THROW(HeaderText{text}, std::invalid_argument);
    }
    BOOST_CHECK_THROW(HeaderText(std::string_view("a\0b", 3)), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(quoted_printable_lines_are_short_and_survive_the_way) {
    std::string text = "Grüße, naïve = 1.5\n.\n..two dots\nends in a blank \nends in a tab\t\n\n";
    text += std::string(300, 'x') + "\n" + std::string(75, 'a') + " \n" + std::string(75, 'b') +
            ".\n" + std::string(76, 'c') + "\n";
    for (int i = 0; i < 60; ++i) text += "语言 ";
    text += "\n";
    const std::string quoted = mail::quoted_printable(text);
    for (const std::string& line : lines_of(quoted)) {
        BOOST_TEST(line.size() <= 76U);
        BOOST_TEST(!line.starts_with('.'));
        BOOST_TEST(!line.ends_with(' '));
        BOOST_TEST(!line.ends_with('\t'));
        BOOST_TEST(line.find('\n') == std::string::npos);
    }
    std::string back = decoded(quoted);
    for (auto at = back.find("\r\n"); at != std::string::npos; at = back.find("\r\n", at)) {
        back.replace(at, 2, "\n");
    }
    BOOST_TEST(back == text);
}

BOOST_AUTO_TEST_CASE(a_line_of_76_characters_needs_no_break) {
    const std::string line(76, 'x');
    BOOST_TEST(mail::quoted_printable(line) == line + "\r\n");
}

BOOST_AUTO_TEST_CASE(a_subject_is_cut_between_characters) {
    const std::string text =
        "Bestätigen Sie Ihre Adresse für Käsereibetriebe Süßmilch, 東京都 und noch viel mehr "
        "Wörter";
    const std::string field = mail::header_field("Subject", HeaderText(text));
    for (const std::string& line : lines_of(field)) {
        BOOST_TEST(line.size() <= 76U);
        for (const char byte : line) BOOST_TEST(static_cast<unsigned char>(byte) < 0x80);
    }
    BOOST_TEST(decoded_words(field) == text);
    BOOST_TEST(field.starts_with("Subject: =?UTF-8?Q?"));
}

BOOST_AUTO_TEST_CASE(a_plain_subject_stays_readable_and_is_folded_at_spaces) {
    BOOST_TEST(mail::header_field("Subject", HeaderText("Choose a new password")) ==
               "Subject: Choose a new password\r\n");
    std::string text = "word";
    for (int i = 0; i < 40; ++i) text += " word";
    const std::string field = mail::header_field("Subject", HeaderText(text));
    std::string joined;
    for (const std::string& line : lines_of(field)) {
        BOOST_TEST(line.size() <= 76U);
        joined += line;
    }
    BOOST_TEST(joined == "Subject: " + text);
}

BOOST_AUTO_TEST_CASE(what_would_look_like_an_encoded_word_is_encoded) {
    const std::string text = "=?UTF-8?Q?free?= money";
    BOOST_TEST(decoded_words(mail::header_field("Subject", HeaderText(text))) == text);
}

BOOST_AUTO_TEST_CASE(a_word_longer_than_a_line_is_encoded) {
    const std::string text = "for " + std::string(300, 'w');
    const std::string field = mail::header_field("Subject", HeaderText(text));
    for (const std::string& line : lines_of(field)) BOOST_TEST(line.size() <= 76U);
    BOOST_TEST(decoded_words(field) == text);
}

BOOST_AUTO_TEST_CASE(a_date_is_written_as_mail_wants_it) {
    BOOST_TEST(mail::mail_date(0) == "Thu, 1 Jan 1970 00:00:00 +0000");
    BOOST_TEST(mail::mail_date(1'772'323'199) == "Sat, 28 Feb 2026 23:59:59 +0000");
}

BOOST_AUTO_TEST_CASE(a_message_has_all_that_a_strict_receiver_asks_for) {
    const mail::Envelope envelope{.from_name = HeaderText("Ann \"A\" \\ Co"),
                                  .from = address("no-reply@example.org"),
                                  .recipient = address("bob@example.net"),
                                  .subject = HeaderText("Hello"),
                                  .message_id = "00112233445566778899aabbccddeeff",
                                  .date = 1'772'323'199};
    const std::string message = mail::compose_message(envelope, "Hi,\nbob\n", "<p>Hi, bob</p>\n");
    const std::string expected =
        "Date: Sat, 28 Feb 2026 23:59:59 +0000\r\n"
        "From: \"Ann \\\"A\\\" \\\\ Co\"\r\n"
        " <no-reply@example.org>\r\n"
        "To: bob@example.net\r\n"
        "Subject: Hello\r\n"
        "Message-ID: <00112233445566778899aabbccddeeff@example.org>\r\n"
        "MIME-Version: 1.0\r\n"
        "Auto-Submitted: auto-generated\r\n"
        "Content-Type: multipart/alternative;\r\n"
        " boundary=\"=_00112233445566778899aabbccddeeff\"\r\n"
        "\r\n"
        "--=_00112233445566778899aabbccddeeff\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n"
        "\r\n"
        "Hi,\r\n"
        "bob\r\n"
        "--=_00112233445566778899aabbccddeeff\r\n"
        "Content-Type: text/html; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n"
        "\r\n"
        "<p>Hi, bob</p>\r\n"
        "--=_00112233445566778899aabbccddeeff--\r\n";
    BOOST_TEST(message == expected);
}

BOOST_AUTO_TEST_CASE(a_name_beyond_ascii_and_no_name_at_all_are_both_right) {
    mail::Envelope envelope{.from_name = HeaderText("Bäckerei Müller"),
                            .from = address("no-reply@example.org"),
                            .recipient = address("bob@example.net"),
                            .subject = HeaderText("Hello"),
                            .message_id = "00",
                            .date = 0};
    std::string message = mail::compose_message(envelope, "", "");
    BOOST_TEST(message.find("\r\nFrom: =?UTF-8?Q?B=C3=A4ckerei_M=C3=BCller?=\r\n "
                            "<no-reply@example.org>\r\n") != std::string::npos);
    envelope.from_name = HeaderText("");
    message = mail::compose_message(envelope, "", "");
    BOOST_TEST(message.find("\r\nFrom: no-reply@example.org\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
