// While a mail was put together, copies of its link were left in memory that was given back.
#include <boost/test/unit_test.hpp>

#include "mail/mime.h"
#include "mail/queue.h"
#include "support/freed_memory.h"

BOOST_AUTO_TEST_SUITE(wiped_mail_test)

BOOST_AUTO_TEST_CASE(a_mail_leaves_its_link_nowhere_but_in_itself) {
    const std::string link = "https://example.org/account/verify?token";
    const mail::Envelope envelope{.from_name = mail::HeaderText("The Example"),
                                  .from = mail_test::address("no-reply@example.org"),
                                  .recipient = mail_test::address("ann@example.net"),
                                  .subject = mail::HeaderText("hello"),
                                  .message_id = "1",
                                  .date = 0};
    for (const std::string& around :
         {std::string(), std::string(3'000, '='), std::string(99, '\n')}) {
        const std::string text = around + link + around;
        const auto compose = [&] {
            const base::Secret message(mail::compose_message(envelope, text, text));
            BOOST_TEST(message.reveal().find(link) != std::string_view::npos);
        };
        BOOST_TEST(support::FreedMemory::pieces_with(link, compose) == 0);
    }
}

BOOST_AUTO_TEST_SUITE_END()
