// Texts that meet the end of a line at an awkward place.
#include <boost/test/unit_test.hpp>

#include <limits>
#include <stdexcept>

#include "mail/letters.h"
#include "mail/mime.h"

using mail::header_field;
using mail::HeaderText;

namespace {

std::size_t longest_line_of(std::string_view text) {
    std::size_t longest = 0;
    while (!text.empty()) {
        const auto end = text.find("\r\n");
        BOOST_REQUIRE(end != text.npos);
        longest = std::max(longest, end);
        text.remove_prefix(end + 2);
    }
    return longest;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mime_lines_test)

BOOST_AUTO_TEST_CASE(a_dot_never_begins_a_line_that_was_broken_before_it) {
    for (std::size_t before = 70; before < 80; ++before) {
        const std::string quoted =
            mail::quoted_printable(std::string(before, 'x') + "." + std::string(9, 'y') + "\n");
        BOOST_TEST(longest_line_of(quoted) <= 76U);
        BOOST_TEST(quoted.find("\r\n.") == std::string::npos, quoted);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_letter_is_written_in_letters) {
    BOOST_TEST(mail::quoted_printable("a\x7f~\n") == "a=7F~\r\n");
    BOOST_TEST(header_field("Subject", HeaderText("\xc3\xa4{Z}z")) ==
               "Subject: =?UTF-8?Q?=C3=A4=7BZ=7Dz?=\r\n");
}

BOOST_AUTO_TEST_CASE(blanks_that_would_get_lost_on_the_way_make_a_subject_encoded) {
    for (const char* text : {" in front", "behind ", "two  between"}) {
        const auto field = header_field("Subject", HeaderText(text));
        BOOST_TEST(field.starts_with("Subject: =?UTF-8?Q?"), field);
    }
    BOOST_TEST(header_field("Subject", HeaderText("as usual")) == "Subject: as usual\r\n");
    BOOST_TEST(header_field("Subject", HeaderText("")) == "Subject: \r\n");
}

BOOST_AUTO_TEST_CASE(a_first_word_stays_behind_a_long_name) {
    const std::string name(60, 'N');
    const std::string word(30, 'w');
    BOOST_TEST(header_field(name, HeaderText(word + " " + word)) ==
               name + ": " + word + "\r\n " + word + "\r\n");
}

BOOST_AUTO_TEST_CASE(a_long_name_of_a_sender_is_encoded_and_folded) {
    const mail::Envelope envelope{
        .from_name = HeaderText("The Example Company of Many Plain Words"),
        .from = *base::EmailAddress::parse("no-reply@example.org"),
        .recipient = *base::EmailAddress::parse("bob@example.net"),
        .subject = HeaderText("Hello"),
        .message_id = "00",
        .date = 0};
    const std::string message = mail::compose_message(envelope, "", "");
    BOOST_TEST(message.find("\r\nFrom: =?UTF-8?Q?The_Example_Company_") != std::string::npos);
    BOOST_TEST(longest_line_of(message) <= 76U);
}

BOOST_AUTO_TEST_CASE(a_date_beyond_all_years_is_refused) {
    BOOST_CHECK_THROW((void)mail::mail_date(std::numeric_limits<base::Seconds>::max()),
                      std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
