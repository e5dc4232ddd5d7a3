#include "mail/messages.h"

#include <boost/test/unit_test.hpp>
#include <stdexcept>

#include "mail/held.h"
#include "mail/letters.h"
#include "mail/queue.h"

using mail::Kind;
using mail_test::Letters;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

constexpr base::Seconds expires_at = 1'772'323'199;  // 2026-02-28 23:59:59

}  // namespace

BOOST_AUTO_TEST_SUITE(messages_test)

BOOST_AUTO_TEST_CASE(a_sender_that_is_no_address_or_a_name_with_a_line_break_is_refused) {
    const auto with = [](const std::string& from, const std::string& name) {
        Letters letters;
        letters.settings.from = from;
        letters.settings.from_name = name;
        mail::Messages(letters.settings, letters.addresses, letters.keys);
    };
    BOOST_CHECK_NO_THROW(with("no-reply@example.org", "Example"));
    BOOST_CHECK_THROW(with("", "Example"), std::invalid_argument);
    BOOST_CHECK_THROW(with("no-reply@example.org\r\nBcc: x@example.org", ""),
                      std::invalid_argument);
    BOOST_CHECK_THROW(with("no-reply@example.org", "Example\nBcc: x"), std::invalid_argument);
}

BOOST_FIXTURE_TEST_CASE(a_kind_that_says_nothing_cannot_be_shown, Letters) {
    for (const Kind kind : {Kind::decoy, Kind::withheld})
        BOOST_CHECK_THROW((void)messages.content(kind, 7, expires_at), std::runtime_error);
}

BOOST_FIXTURE_TEST_CASE(the_link_stands_alone_on_its_line_with_the_token_first, Letters) {
    const auto content = messages.content(Kind::verify, 7, expires_at);
    const std::string token = keys.link_token(base::Purpose::verify, 7);
    BOOST_TEST(content.link == "https://example.org/account/verify?token=" + token);
    BOOST_TEST(has(content.text, "\n" + content.link + "\n"));
    BOOST_TEST(has(content.text, "\n" + keys.code(base::Purpose::verify, 7) + "\n"));
    BOOST_TEST(has(content.text, "2026-02-28 23:59 UTC"));
    BOOST_TEST(has(content.html, "href=\"" + content.link + "\""));
    BOOST_TEST(has(content.html, keys.code(base::Purpose::verify, 7)));
    BOOST_TEST(content.subject == "Confirm your address for The Example");
}

BOOST_FIXTURE_TEST_CASE(a_reset_link_is_for_a_reset_and_shows_no_code, Letters) {
    const auto content = messages.content(Kind::reset_password, 7, expires_at);
    BOOST_TEST(content.link == "https://example.org/account/reset-password/confirm?token=" +
                                   keys.link_token(base::Purpose::reset_password, 7));
    BOOST_TEST(has(content.text, "\n" + content.link + "\n"));
    BOOST_TEST(has(content.html, "href=\"" + content.link + "\""));
    BOOST_TEST(!has(content.text, keys.code(base::Purpose::verify, 7)));
}

BOOST_FIXTURE_TEST_CASE(a_known_address_is_shown_where_to_sign_in_and_gets_no_token, Letters) {
    const auto content = messages.content(Kind::account_exists, 7, expires_at);
    BOOST_TEST(content.link.empty());
    for (const std::string& part : {content.text, content.html}) {
        BOOST_TEST(has(part, "https://example.org/account/login"));
        BOOST_TEST(has(part, "https://example.org/account/reset-password"));
        BOOST_TEST(!has(part, "token="));
    }
}

BOOST_FIXTURE_TEST_CASE(every_kind_has_its_words_and_leaves_no_mark_behind, Letters) {
    for (const Kind kind : {Kind::verify, Kind::account_exists, Kind::reset_password,
                            Kind::password_changed, Kind::signed_in_elsewhere, Kind::test}) {
        const auto content = messages.content(kind, 7, expires_at);
        BOOST_TEST(has(content.subject, "The Example"));
        BOOST_TEST(has(content.text, "Hello,"));
        BOOST_TEST(has(content.html, "<!doctype html>"));
        BOOST_TEST(has(content.html, "Hello,"));
        BOOST_TEST(!has(content.html, "src="), "nothing is fetched from elsewhere");
        BOOST_TEST(!has(content.html, "href=\"\""), "a value is missing");
        BOOST_TEST(!has(content.html, "at  "), "a value is missing");
        BOOST_TEST(!has(content.html, "<link"));
        BOOST_TEST(!has(content.html, "url("));
        for (const std::string& part : {content.subject, content.text, content.html}) {
            BOOST_TEST(!has(part, "{{"));
            BOOST_TEST(!has(part, "}}"));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_site_name_is_text_and_never_markup) {
    Letters letters;
    letters.settings.site_name = "Salt & <Pepper>";
    const auto content = letters.messages.content(Kind::test, 0, expires_at);
    BOOST_TEST(has(content.html, "Salt &amp; &lt;Pepper&gt;"));
    BOOST_TEST(!has(content.html, "<Pepper>"));
    BOOST_TEST(has(content.text, "Salt & <Pepper>"));
    BOOST_TEST(has(content.subject, "Salt & <Pepper>"));
}

BOOST_FIXTURE_TEST_CASE(a_mail_that_is_sent_twice_is_the_same_bytes, Letters) {
    mail_test::Queue queue;
    queue.enqueue(Kind::verify, "ann@example.org", 7);
    const auto first = queue.take().value();
    queue.clock.advance(base::hour);
    const auto second = queue.take().value();
    BOOST_TEST(second.attempts == 2);
    const auto message = messages.compose(first);
    BOOST_TEST((message == messages.compose(second)));
    const std::string text(message.reveal());
    BOOST_TEST(has(text, "Message-ID: <" + first.message_id + "@example.org>\r\n"));
    BOOST_TEST(has(text, "To: ann@example.org\r\n"));
    BOOST_TEST(has(text, "Subject: Confirm your address for The Example\r\n"));
}

BOOST_FIXTURE_TEST_CASE(held_mails_are_shown_newest_first_with_their_links, Letters) {
    mail_test::Queue queue;
    const auto accept = [&](const std::string& reply) {
        return queue.commit(mail::finish, queue.take().value(), mail::State::accepted, reply,
                            queue.clock.now());
    };
    queue.enqueue(Kind::verify, "ann@example.org", 7);
    BOOST_TEST(accept("held"));
    queue.enqueue(Kind::test, "eve@example.org", 0);
    BOOST_TEST(accept("250 really sent"));
    queue.enqueue(Kind::reset_password, "bob@example.org", 8);
    BOOST_TEST(accept("held"));
    queue.enqueue(Kind::test, "due@example.org", 0);

    const auto held = mail::held_mails(queue.database, messages);
    BOOST_REQUIRE(held.size() == 2U);
    BOOST_TEST(held[0].recipient == "bob@example.org");
    BOOST_TEST(held[0].subject == "Choose a new password for The Example");
    BOOST_TEST(has(held[0].text, held[0].link));
    BOOST_TEST(held[1].recipient == "ann@example.org");
    BOOST_TEST(held[1].link == "https://example.org/account/verify?token=" +
                                   keys.link_token(base::Purpose::verify, 7));
    BOOST_TEST(held[1].created_at == queue.clock.now());
}

BOOST_AUTO_TEST_SUITE_END()
