#include "accounts/notices.h"

#include <boost/test/unit_test.hpp>

#include "accounts/password_change.h"
#include "accounts/password_reset.h"
#include "tests/accounts/world.h"

using world::World;

namespace {

const accounts::Device elsewhere{"198.51.100.4", "Mozilla/5.0 (X11; Linux)"};
const accounts::Device neighbour{"203.0.113.200", "Mozilla/5.0 (X11; Linux)"};

struct Notices : World {
    accounts::Account ada = add();

    bool enters(const accounts::Device& from) {
        return world::session_of(sign_in(world::good_password, "ada@example.org", from))
            .has_value();
    }
    std::optional<mail::Kind> next_kind() {
        const auto mail = next_mail();
        if (!mail) return std::nullopt;
        BOOST_TEST(mail->recipient.text() == "ada@example.org");
        return mail->kind;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(notices_test, Notices)

BOOST_AUTO_TEST_CASE(a_sign_in_from_another_network_is_told_once) {
    BOOST_TEST(enters(world::device));
    BOOST_TEST(!next_kind().has_value());  // the first place of all is no news
    BOOST_TEST(enters(neighbour));
    BOOST_TEST(!next_kind().has_value());
    BOOST_TEST(enters(elsewhere));
    BOOST_TEST((next_kind() == mail::Kind::signed_in_elsewhere));
    BOOST_TEST(enters(elsewhere));
    BOOST_TEST(enters(world::device));
    BOOST_TEST(!next_kind().has_value());
}

BOOST_AUTO_TEST_CASE(a_refused_sign_in_from_anywhere_sends_nothing) {
    BOOST_TEST(enters(world::device));
    (void)sign_in(world::other_password, "ada@example.org", elsewhere);
    BOOST_TEST(!next_kind().has_value());
}

BOOST_AUTO_TEST_CASE(a_changed_password_is_told_and_an_attempt_is_not) {
    const auto here = open(ada).signed_in;
    (void)accounts::change_password(domain, here, "", "wrong", world::other_password);
    BOOST_TEST(!next_kind().has_value());
    (void)accounts::change_password(domain, here, "", world::good_password, world::other_password);
    BOOST_TEST((next_kind() == mail::Kind::password_changed));
}

BOOST_AUTO_TEST_CASE(a_password_that_was_set_with_a_link_is_told) {
    const auto link = accounts::make_reset_token(domain, ada.id).value();
    (void)accounts::confirm_reset(domain, link, world::other_password, "");
    BOOST_TEST((next_kind() == mail::Kind::password_changed));
    (void)accounts::confirm_reset(domain, link, world::good_password, "");
    BOOST_TEST(!next_kind().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
