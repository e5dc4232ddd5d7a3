#include "base/email_address.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

using namespace std::string_literals;

namespace {

void must_be_refused(const std::vector<std::string>& texts) {
    for (const auto& text : texts) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(!base::EmailAddress::parse(text));
        }
    }
}

std::string canonical(std::string_view text) {
    const auto address = base::EmailAddress::parse(text);
    return address ? address->text() : "(refused)";
}

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](unsigned char byte) { return byte < 0x80; });
}

std::string to_utf8(char32_t character) {
    const auto continuation = [&](unsigned shift) {
        return static_cast<char>(0x80U | (character >> shift & 0x3fU));
    };
    if (character < 0x800) return {static_cast<char>(0xc0U | character >> 6U), continuation(0)};
    if (character < 0x10000) {
        return {static_cast<char>(0xe0U | character >> 12U), continuation(6), continuation(0)};
    }
    return {static_cast<char>(0xf0U | character >> 18U), continuation(12), continuation(6),
            continuation(0)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(email_address_test)

BOOST_AUTO_TEST_CASE(a_line_break_or_any_other_control_character_is_refused) {
    must_be_refused({"a@b.example\n", "a@b.example\r\nRCPT TO:<x@y.example>", "a\n@b.example",
                     "a@b.\rexample", "\ta@b.example", "a\0@b.example"s, "a@b.example\0"s,
                     "a@b.example\x7f", "a\xc2\x85@b.example", "a\xe2\x80\xa8@b.example"});
}

BOOST_AUTO_TEST_CASE(what_is_no_dot_atom_at_a_host_is_refused) {
    must_be_refused({"",
                     " ",
                     "@",
                     "a",
                     "a@",
                     "@b.example",
                     "a@@b.example",
                     "a@b@c.example",
                     ".a@b.example",
                     "a.@b.example",
                     "a..b@c.example",
                     "\"a b\"@c.example",
                     "a b@c.example",
                     "a@b .example",
                     "a@ b.example",
                     "a(x)@b.example",
                     "a@b.example,c@d.example",
                     "<a@b.example>",
                     "a@b.example;",
                     "a\\@b.example",
                     "a:b@c.example",
                     "mailto:a@b.example"});
}

BOOST_AUTO_TEST_CASE(a_domain_that_dns_cannot_hold_is_refused) {
    must_be_refused({"a@b", "a@b.", "a@b.example.", "a@.b.example", "a@b..example", "a@-b.example",
                     "a@b-.example", "a@b_c.example", "a@b!c.example", "a@127.0.0.1",
                     "a@[127.0.0.1]", "a@b.123", "a@localhost.",
                     "a@" + std::string(64, 'b') + ".example"});
    BOOST_TEST(canonical("a@" + std::string(63, 'b') + ".example") ==
               "a@" + std::string(63, 'b') + ".example");
}

BOOST_AUTO_TEST_CASE(look_alikes_never_become_the_ascii_address) {
    const std::string victim = "kate.smith@gmail.com";
    for (const auto* text :
         {"\u212Aate.smith@gmail.com",                        // Kelvin sign
          "kate.sm\u0131th@gmail.com",                        // dotless i
          "kate.sm\u0130th@gmail.com",                        // capital I with dot
          "\uff4bate.smith@gmail.com",                        // full width k
          "kate.\u017fmith@gmail.com",                        // long s
          "kate.smith\uff20gmail.com",                        // full width @
          "kate\uff0esmith@gmail.com",                        // full width dot
          "kate.smith@\uff47mail.com",                        // full width g
          "kate.smith@gma\u0131l.com",                        // dotless i
          "kate.smith@gma\u0130l.com",                        // capital I with dot
          "kate.smith@gmail\u3002com",                        // ideographic full stop
          "kate.smith@gmail\uff61com",                        // its half width form
          "kate.smith@gmail\uff0ecom",                        // full width dot
          "kate.smith@gmail\u2024com",                        // one dot leader
          "kate.smith@g\u200bmail.com",                       // zero-width space
          "kate.smith@g\u00admail.com",                       // soft hyphen
          "ka\u200dte.smith@gmail.com",                       // zero-width joiner
          "ka\ufe0fte.smith@gmail.com",                       // variation selector
          "\ufeffkate.smith@gmail.com",                       // byte order mark
          "kate.smith@gmail.com\u00a0",                       // no-break space
          "kate.smith@gmail.\U0001d41com",                    // unassigned
          "kate.smith@gmail.\U0001d41c\U0001d428\U0001d426",  // mathematical bold
          "kate.smith@gmail.com.",
          "kate.smith@gmail.com,",
          "\u202ekate.smith@gmail.com"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(canonical(text) != victim);
        }
    }
    must_be_refused({"\u212Aate@gmail.com", "kate@\u212Aelvin.example", "kate\u037e@gmail.com",
                     "kate@\ufb01sh.example", "kate@stra\u1e9ee.example", "kate@\u2460.example",
                     "kate@gmail.com\u0338x\u200b"});
    BOOST_TEST(canonical("kate.sm\u0131th@gmail.com") == "kate.sm\u0131th@gmail.com");
    BOOST_TEST(canonical("k@xn--gmail-.com") == "(refused)");
}

BOOST_AUTO_TEST_CASE(no_character_at_all_turns_into_ascii_or_into_nothing) {
    // The planes with letters and signs; what is accepted must still be seen in the result.
    for (char32_t character = 0x80; character < 0x20000; ++character) {
        if (character >= 0xd800 && character <= 0xdfff) continue;
        const auto utf8 = to_utf8(character);
        const auto in_domain = base::EmailAddress::parse("a@x" + utf8 + "x.example");
        if (in_domain && !in_domain->domain().starts_with("xn--")) BOOST_ERROR(utf8);
        const auto in_local = base::EmailAddress::parse("x" + utf8 + "x@b.example");
        if (in_local && is_ascii(in_local->text())) BOOST_ERROR(utf8);
    }
}

BOOST_AUTO_TEST_CASE(what_is_not_utf_8_is_refused) {
    must_be_refused({"\xff@b.example", "\xc0\xaf@b.example", "\xed\xa0\x80@b.example",
                     "a@b\xc3.example", "\xc3", "a@b.example\xe2\x82"});
}

BOOST_AUTO_TEST_CASE(too_long_is_refused_to_the_byte) {
    const std::string local(64, 'a');
    const std::string labels = "." + std::string(60, 'b') + "." + std::string(60, 'c');
    const std::string fits = local + "@" + std::string(60, 'd') + labels + ".ee.fff";
    BOOST_TEST(fits.size() == 254u);
    BOOST_TEST(canonical(fits) == fits);
    must_be_refused({fits + "f", local + "a@b.example", std::string(1 << 20, 'a') + "@b.example"});
}

BOOST_AUTO_TEST_CASE(one_mailbox_has_one_form) {
    for (const auto& [text, wanted] : std::vector<std::pair<std::string, std::string>>{
             {"Kate.Smith@GMail.Com", "kate.smith@gmail.com"},
             {"  kate@example.org ", "kate@example.org"},
             {"kate+tag@example.org", "kate+tag@example.org"},
             {"!#$%&'*+-/=?^_`{|}~@example.org", "!#$%&'*+-/=?^_`{|}~@example.org"},
             {"dev@localhost", "dev@localhost"},
             {"DEV@LOCALHOST", "dev@localhost"},
             {"a@1und1.example", "a@1und1.example"},
             {"a@b\u00fccher.example", "a@xn--bcher-kva.example"},
             {"a@B\u00dcCHER.example", "a@xn--bcher-kva.example"},
             {"a@bu\u0308cher.example", "a@xn--bcher-kva.example"},
             {"a@XN--BCHER-KVA.example", "a@xn--bcher-kva.example"},
             {"a@stra\u00dfe.example", "a@xn--strae-oqa.example"},
             {"jose\u0301@example.org", "jos\u00e9@example.org"},
             {"JOS\u00c9@example.org", "jos\u00c9@example.org"}}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(canonical(text) == wanted);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_canonical_form_is_its_own) {
    for (const auto* text : {"Kate@Example.org", "jose\u0301@b\u00fccher.example",
                             "a@stra\u00dfe.example", "\u738b@\u4f8b\u3048.jp"}) {
        const auto once = canonical(text);
        BOOST_TEST(once != "(refused)");
        BOOST_TEST(canonical(once) == once);
    }
}

BOOST_AUTO_TEST_CASE(its_parts_can_be_asked_for) {
    const auto plain = base::EmailAddress::parse("a@b\u00fccher.example");
    BOOST_REQUIRE(plain);
    BOOST_TEST(plain->domain() == "xn--bcher-kva.example");
    BOOST_TEST(
        (base::EmailAddress::parse("A@B.example") == base::EmailAddress::parse("a@b.example")));
}

BOOST_AUTO_TEST_CASE(a_clean_line_is_one_line_that_reads_as_it_is_written) {
    for (const auto& text : {"a\nb"s, "a\rb"s, "\t"s, "a\0b"s, "\x1b[31m"s, "\x7f"s, "\xc2\x9b"s,
                             "\u2028"s, "\u202egnp.exe"s, "\u2066x"s, "\xff"s, "\xc0\x80"s}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(!base::clean_line(text));
        }
    }
    BOOST_TEST(base::clean_line("Jose\u0301 \U0001f600").value() == "Jos\u00e9 \U0001f600");
    BOOST_TEST(base::clean_line("").value().empty());
}

BOOST_AUTO_TEST_CASE(a_password_typed_on_two_keyboards_is_one_password) {
    BOOST_TEST(base::to_nfc("cafe\u0301").value() == base::to_nfc("caf\u00e9").value());
    BOOST_TEST(base::to_nfc("line\nbreak \u202e").value() == "line\nbreak \u202e");
    BOOST_TEST(!base::to_nfc("a\0b"s));
    BOOST_TEST(!base::to_nfc("\xed\xbf\xbf"));
}

BOOST_AUTO_TEST_CASE(utf_8_has_one_form_for_each_character) {
    for (const auto& text :
         {"\x80"s, "\xc3"s, "\xc0\xaf"s, "\xe0\x80\xaf"s, "\xf0\x80\x80\xaf"s, "\xed\xa0\x80"s,
          "\xf4\x90\x80\x80"s, "\xf8\x88\x80\x80\x80"s, "a\xe2\x82"s, "\xfe"s}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(!base::is_utf8(text));
        }
    }
    BOOST_TEST(base::is_utf8("\u00e9\u20ac\U0010ffff\0"s));
    // Cut out of a longer text: the byte behind the end must not be looked at.
    BOOST_TEST(!base::is_utf8(std::string_view("\u20ac").substr(0, 2)));
    BOOST_TEST(base::count_characters("a\u00e9\u20ac\U0001f600") == 4u);
    BOOST_TEST(base::count_characters("") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
