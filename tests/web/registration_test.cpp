#include "web/registration.h"

#include <boost/test/unit_test.hpp>
#include <thread>

#include "mail/outbox.h"
#include "web/visited_website.h"

using support::good_password;

namespace {

struct Fixture : support::VisitedWebsite {
    // Registers and gives the token of the mail.
    std::string ask(support::Browser& browser, const std::string& email = "ada@example.org") {
        BOOST_TEST(browser.post(Route::register_, {{"email", email}}).status < 400);
        return website.verify_token();
    }
    // The notifier's part: the newest mail is taken, and this becomes of it.
    template <typename Outcome, typename... Arguments>
    void treat_mail(Outcome outcome, const Arguments&... arguments) {
        store::Transaction transaction(website.domain().database);
        const auto mail =
            mail::take(transaction, mail::Order::freshest, website.clock.now()).value();
        (void)outcome(transaction, mail, arguments..., website.clock.now());
        transaction.commit();
    }
    void finish_mail(mail::State state) { treat_mail(mail::finish, state, "the relay's words"); }
    void put_mail_back() { treat_mail(mail::put_back, "the relay's words"); }

    std::int64_t count_accounts() const { return website.number("SELECT count(*) FROM account"); }
};

// All that a client can see of an answer, without the one random value in it.
std::string seen(const http::Response& response) {
    std::string text = std::to_string(response.status) + "\n" + response.body + "\n";
    for (auto [name, value] : response.headers) {
        const auto start = value.find("postern-claim=");
        if (start != std::string::npos) value.replace(start + 14, value.find(';') - 14, "…");
        text.append(name).append(": ").append(value).append("\n");
    }
    return text;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(registration_test, Fixture)

BOOST_AUTO_TEST_CASE(new_known_and_locked_addresses_are_answered_alike) {
    website.add_account("known@example.org");
    const auto locked = website.add_account("locked@example.org");
    BOOST_TEST(accounts::set_state(website.domain(), locked.id, accounts::AccountState::locked));
    for (const bool json : {false, true}) {
        std::vector<std::string> answers;
        for (const char* name : {"new", "known", "locked"}) {
            support::Browser browser{website, json};
            answers.push_back(seen(
                browser.post(Route::register_, {{"email", std::string(name) + "@example.org"}})));
            BOOST_TEST(browser.has_cookie("postern-claim"));
            answers.back() += seen(browser.get(Route::verify));
            const auto email_at = answers.back().find(name);
            if (email_at != std::string::npos) {
                while (contains(answers.back(), std::string(name) + "@")) {
                    answers.back().replace(answers.back().find(std::string(name) + "@"),
                                           std::string(name).size(), "somebody");
                }
            }
            answers.back() += std::to_string(
                browser.post(Route::verify, {{"code", "000000"}, {"password", good_password}})
                    .status);
        }
        BOOST_TEST(answers[0] == answers[1]);
        BOOST_TEST(answers[0] == answers[2]);
    }
    BOOST_TEST(website.wakes == 6);
}

BOOST_AUTO_TEST_CASE(over_the_budget_the_answer_is_the_same_and_no_mail_goes_out) {
    website.rules.mail_budget.per_address = 2;
    std::vector<std::string> answers;
    for (int turn = 0; turn < 3; ++turn) {
        answers.push_back(seen(visitor.post(Route::register_, {{"email", "ada@example.org"}})));
        answers.back() += seen(script.post(Route::reset_password, {{"email", "bob@example.org"}}));
        answers.back() += seen(visitor.get(Route::verify));
    }
    BOOST_TEST(answers[0] == answers[2]);
    BOOST_TEST(website.wakes == 6);
    BOOST_TEST(website.number("SELECT count(*) FROM outbox WHERE kind = 'withheld'") == 2);
    finish_mail(mail::State::discarded);
    finish_mail(mail::State::discarded);
    BOOST_TEST(contains(visitor.get(Route::verify).body, "perhaps because too many"));
}

BOOST_AUTO_TEST_CASE(a_form_that_lacks_something_is_shown_again_with_what_was_typed) {
    const auto response =
        visitor.post(Route::register_, {{"email", "no address"}, {"name", "Ada"}});
    BOOST_TEST(response.status == 422);
    BOOST_TEST(contains(response.body, "value=\"no address\""));
    BOOST_TEST(contains(response.body, "value=\"Ada\""));
    BOOST_TEST(contains(response.body, "This does not look like an e-mail address."));
    BOOST_TEST(!visitor.has_cookie("postern-claim"));
    BOOST_TEST(script.post(Route::register_).status == 422);
    BOOST_TEST(
        script
            .post(Route::register_, {{"email", "ada@example.org"}, {"name", std::string(101, 'a')}})
            .status == 422);
}

BOOST_AUTO_TEST_CASE(what_a_visitor_typed_cannot_become_markup) {
    const auto response =
        visitor.post(Route::register_, {{"email", "\"><script>alert(1)</script>"}});
    BOOST_TEST(response.status == 422);
    BOOST_TEST(!contains(response.body, "<script>"));
}

BOOST_AUTO_TEST_CASE(a_closed_registration_is_told_and_takes_nothing) {
    website.rules.registration_open = false;
    BOOST_TEST(visitor.get(Route::register_).status == 403);
    const auto response = script.post(Route::register_, {{"email", "ada@example.org"}});
    BOOST_TEST(response.status == 403);
    BOOST_TEST(response.header("Set-Cookie") == "");
    BOOST_TEST(website.number("SELECT count(*) FROM claim") == 0);
}

// Bug: while registration was closed, pages still led visitors to it, and so to a refusal.
BOOST_AUTO_TEST_CASE(no_page_offers_a_registration_that_is_closed) {
    website.services.held_mails = [](store::Database&) { return std::vector<web::HeldMail>{}; };
    (void)ask(visitor);
    support::Browser stranger{website};
    const auto offers = [](const http::Response& page) {
        return contains(page.body, "href=\"/account/register\"");
    };
    for (const bool open : {true, false}) {
        website.rules.registration_open = open;
        for (const Route route : {Route::login, Route::reset_password, Route::mailbox}) {
            BOOST_TEST(offers(stranger.get(route)) == open);
        }
        BOOST_TEST(offers(stranger.get(Route::verify)) == open);
        BOOST_TEST(offers(stranger.get(Route::verify, "token=x")) == open);
        BOOST_TEST(offers(visitor.get(Route::verify)) == open);
    }
    finish_mail(mail::State::shelved);
    BOOST_TEST(!offers(visitor.get(Route::verify)));
    website.clock.advance(base::minute);
    BOOST_TEST(visitor.post(Route::verify_resend).status == 303);
    finish_mail(mail::State::expired);
    BOOST_TEST(!offers(visitor.get(Route::verify)));
}

BOOST_AUTO_TEST_CASE(looking_at_a_link_changes_nothing) {
    const std::string token = ask(visitor);
    support::Browser scanner{website};
    for (int turn = 0; turn < 3; ++turn) {
        const auto response = scanner.get(Route::verify, "token=" + token);
        BOOST_TEST(response.status == 200);
        BOOST_TEST(contains(response.body, token));
        BOOST_TEST(contains(response.body, "At least 15 characters."));
    }
    BOOST_TEST(scanner.cookies.empty());
    BOOST_TEST(count_accounts() == 0);
}

BOOST_AUTO_TEST_CASE(a_link_that_is_none_says_how_to_get_another) {
    const std::string token = ask(visitor);
    const std::string other =
        website.keys.link_token(base::Purpose::reset_password, website.subject_of_last_mail());
    for (const std::string& bad : {std::string("x"), token + "A", other, std::string()}) {
        BOOST_TEST(visitor.get(Route::verify, "token=" + bad).status == 422);
        BOOST_TEST(script.get(Route::verify, "token=" + bad).status == 422);
        BOOST_TEST(
            visitor.post(Route::verify, {{"token", bad}, {"password", good_password}}).status ==
            422);
        const auto response =
            script.post(Route::verify, {{"token", bad}, {"password", good_password}});
        BOOST_TEST(response.status == 422);
        BOOST_TEST(contains(response.body, R"({"field":"token","code":"dead")"));
    }
    website.clock.advance(24 * base::hour);
    BOOST_TEST(visitor.get(Route::verify, "token=" + token).status == 422);
    BOOST_TEST(count_accounts() == 0);
}

BOOST_AUTO_TEST_CASE(a_password_against_the_rules_leaves_the_link_good) {
    const std::string token = ask(visitor);
    for (const std::string& password : {std::string(), std::string("short"), std::string(1025, 'a'),
                                        std::string("ada@example.org")}) {
        const auto response =
            visitor.post(Route::verify, {{"token", token}, {"password", password}});
        BOOST_TEST(response.status == 422);
        BOOST_TEST(contains(response.body, token));
        if (!password.empty()) BOOST_TEST(!contains(response.body, "value=\"" + password + "\""));
    }
    const auto too_short =
        script.post(Route::verify, {{"token", token}, {"password", "too short"}});
    BOOST_TEST(contains(too_short.body, R"("code":"too_short")"));
    BOOST_TEST(contains(too_short.body, "at least 15 characters"));
    BOOST_TEST(script.post(Route::verify, {{"token", token}, {"password", good_password}}).status ==
               201);
}

BOOST_AUTO_TEST_CASE(the_link_makes_an_account_and_signs_in) {
    const std::string token = ask(visitor);
    const auto response =
        visitor.post(Route::verify, {{"token", token}, {"password", good_password}});
    BOOST_TEST(response.status == 303);
    BOOST_TEST(response.header("Location") == "/account/?notice=welcome");
    BOOST_TEST(visitor.has_cookie("__Host-postern"));
    BOOST_TEST(!visitor.has_cookie("postern-claim"));
    const auto page = visitor.get("/account/?notice=welcome");
    BOOST_TEST(page.status == 200);
    BOOST_TEST(contains(page.body, "ada@example.org"));
    BOOST_TEST(
        visitor.post(Route::verify, {{"token", token}, {"password", good_password}}).status == 422);
}

BOOST_AUTO_TEST_CASE(a_script_gets_201_and_the_session) {
    const std::string token = ask(script);
    const auto response =
        script.post(Route::verify, {{"token", token}, {"password", good_password}});
    BOOST_TEST(response.status == 201);
    BOOST_TEST(response.body == script.get(Route::session).body);
}

BOOST_AUTO_TEST_CASE(the_code_is_good_in_the_browser_that_asked_and_in_no_other) {
    (void)ask(visitor);
    const support::FormFields good{{"code", website.verify_code()}, {"password", good_password}};
    support::Browser stranger{website};
    BOOST_TEST(stranger.post(Route::verify, good).status == 422);
    BOOST_TEST(contains(visitor.get(Route::verify).body, "ada@example.org"));
    BOOST_TEST(visitor.post(Route::verify, good).status == 303);
    BOOST_TEST(count_accounts() == 1);
}

BOOST_AUTO_TEST_CASE(a_wrong_code_is_told_at_its_field_and_ten_are_the_end) {
    (void)ask(script);
    const std::string good = website.verify_code();
    const support::FormFields wrong{{"code", good == "000000" ? "000001" : "000000"},
                                    {"password", good_password}};
    for (int turn = 0; turn < 10; ++turn) {
        const auto response = script.post(Route::verify, wrong);
        BOOST_TEST(response.status == 422);
        BOOST_TEST(contains(response.body, R"({"field":"code","code":"wrong")"));
    }
    const auto response = script.post(Route::verify, {{"code", good}, {"password", good_password}});
    BOOST_TEST(response.status == 422);
    BOOST_TEST(count_accounts() == 0);
}

BOOST_AUTO_TEST_CASE(neither_link_nor_code_is_told_at_the_code) {
    (void)ask(script);
    const auto response = script.post(Route::verify, {{"password", good_password}});
    BOOST_TEST(response.status == 422);
    BOOST_TEST(contains(response.body, R"({"field":"code","code":"required")"));
}

BOOST_AUTO_TEST_CASE(two_claim_cookies_decide_nothing) {
    (void)ask(visitor);
    http::Request request = visitor.request(http::Method::get, visitor.path(Route::verify));
    request.cookie += "; postern-claim=another";
    BOOST_TEST(visitor.send(request).status == 400);
}

BOOST_AUTO_TEST_CASE(a_browser_that_did_not_ask_is_told_to_look_for_the_mail) {
    const auto response = visitor.get(Route::verify);
    BOOST_TEST(response.status == 200);
    BOOST_TEST(contains(response.body, visitor.path(Route::register_)));
    BOOST_TEST(!contains(response.body, "name=\"code\""));
}

BOOST_AUTO_TEST_CASE(of_fifty_who_use_a_link_at_once_one_gets_the_account) {
    const std::string token = ask(visitor);
    const web::Site& site = website.site();
    std::atomic<int> made = 0;
    std::atomic<int> refused = 0;
    std::vector<std::thread> threads;
    for (int count = 0; count < 5; ++count) {
        threads.emplace_back([&] {
            support::Website::Worker worker(website);
            for (int turn = 0; turn < 10; ++turn) {
                http::Request request;
                request.lane = http::Lane::hashing;
                request.method = http::Method::post;
                request.path = website.settings.addresses.path(Route::verify);
                request.accept = "application/json";
                request.content_type = "application/json";
                request.body =
                    support::encode_json({{"token", token}, {"password", good_password}});
                const int status = site.answer(request, worker.domain).status;
                if (status == 201) ++made;
                if (status == 422) ++refused;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    BOOST_TEST(made == 1);
    BOOST_TEST(refused == 49);
    BOOST_TEST(count_accounts() == 1);
}

BOOST_AUTO_TEST_CASE(the_mail_can_be_had_again_but_not_at_once) {
    BOOST_TEST(script.post(Route::verify_resend).status == 422);
    (void)ask(script);
    const auto early = script.post(Route::verify_resend);
    BOOST_TEST(early.status == 429);
    BOOST_TEST(early.header("Retry-After") == "60");
    visitor.cookies = script.cookies;
    const auto early_page = visitor.post(Route::verify_resend);
    BOOST_TEST(early_page.status == 429);
    BOOST_TEST(early_page.header("Retry-After") == "60");
    BOOST_TEST(contains(early_page.body, "in 60 s"));

    website.clock.advance(60);
    website.wakes = 0;
    const auto again = script.post(Route::verify_resend);
    BOOST_TEST(again.status == 202);
    BOOST_TEST(again.body == R"({"status":"accepted"})");
    BOOST_TEST(website.wakes == 1);
    BOOST_TEST(website.number("SELECT count(*) FROM outbox") == 2);

    website.clock.advance(60);
    const auto page = visitor.post(Route::verify_resend);
    BOOST_TEST(page.header("Location") == "/account/verify?notice=resent");
    BOOST_TEST(contains(visitor.get("/account/verify?notice=resent").body, "Another mail"));
}

BOOST_AUTO_TEST_CASE(the_browser_that_asked_sees_what_became_of_its_mail_and_no_other_does) {
    using mail::State;
    const auto told = [&](const std::string& sentence, const std::string& json) {
        BOOST_TEST(contains(visitor.get(Route::verify).body, sentence), sentence);
        const auto answer = script.get(Route::verify).body;
        BOOST_TEST(contains(answer, "\"mail\":" + json), answer);
        for (const bool wants_json : {false, true}) {
            support::Browser stranger{website, wants_json};
            const auto seen_there = stranger.get(Route::verify).body;
            BOOST_TEST(!contains(seen_there, sentence));
            BOOST_TEST(!contains(seen_there, "\"mail\""));
            BOOST_TEST(!contains(seen_there, "resend_at"));
        }
    };
    for (const char* address : {"new@example.org", "known@example.org"}) {
        if (address[0] == 'k') website.add_account(address);
        website.clock.set(1'772'323'200);  // 2026-03-01 00:00
        (void)ask(visitor, address);
        script.cookies = visitor.cookies;
        told("The mail is about to leave.", R"({"state":"queued"})");
        put_mail_back();
        const auto wait = website.number("SELECT next_attempt_at FROM outbox ORDER BY id DESC") -
                          website.clock.now();
        told("has not accepted the mail yet; next try in " + std::to_string(wait) + " s.",
             R"({"state":"waiting","next_try_at":"2026-03-01T00:0)");
        website.clock.advance(base::minute);
        finish_mail(State::accepted);
        told("was accepted by the mail server at 00:01 UTC.",
             R"({"state":"accepted","accepted_at":"2026-03-01T00:01:00Z"})");
        for (const auto& [state, sentence, word] :
             {std::tuple{State::shelved, "Your mail provider refused the mail.", "refused"},
              std::tuple{State::expired, "did not accept the mail in time.", "expired"},
              std::tuple{State::discarded, "The mail was not sent, perhaps", "withheld"}}) {
            website.clock.advance(base::minute);
            BOOST_TEST(visitor.post(Route::verify_resend).status == 303);
            finish_mail(state);
            told(sentence, std::string(R"({"state":")") + word + "\"}");
            BOOST_TEST(!contains(visitor.get(Route::verify).body, "the relay's words"));
        }
    }
}

BOOST_AUTO_TEST_CASE(while_the_relay_is_in_trouble_with_all_mail_nobody_is_told_a_time) {
    (void)ask(visitor);
    website.clock.advance(10);
    BOOST_TEST(contains(visitor.get(Route::verify).body, "The mail is about to leave."));
    website.clock.advance(1);
    script.cookies = visitor.cookies;
    BOOST_TEST(contains(visitor.get(Route::verify).body, "has not accepted the mail yet. "));
    BOOST_TEST(contains(script.get(Route::verify).body, R"("mail":{"state":"waiting"})"));
    put_mail_back();
    BOOST_TEST(contains(visitor.get(Route::verify).body, "; next try in "));
    website.clock.advance(base::hour);
    BOOST_TEST(contains(visitor.get(Route::verify).body, "has not accepted the mail yet. "));
}

BOOST_AUTO_TEST_CASE(a_long_wait_is_told_in_minutes) {
    (void)ask(visitor);
    for (int attempt = 0; attempt < 5; ++attempt) {
        website.clock.advance(base::hour);
        put_mail_back();
    }
    BOOST_TEST(contains(visitor.get(Route::verify).body, " min. "));
}

BOOST_AUTO_TEST_CASE(the_page_says_when_another_mail_can_be_asked_for) {
    (void)ask(visitor);
    website.clock.advance(20);
    script.cookies = visitor.cookies;
    BOOST_TEST(contains(visitor.get(Route::verify).body, "another mail in 40 s."));
    BOOST_TEST(contains(script.get(Route::verify).body,
                        "\"resend_at\":\"" + base::rfc3339(website.clock.now() + 40) + "\""));
    website.clock.advance(40);
    BOOST_TEST(!contains(visitor.get(Route::verify).body, "You can ask for another mail"));
}

BOOST_AUTO_TEST_CASE(the_claim_cookie_stays_as_long_as_the_claim_and_below_the_mount) {
    const auto response = visitor.post(Route::register_, {{"email", "ada@example.org"}});
    const auto cookie = response.header("Set-Cookie");
    for (const char* attribute : {"postern-claim=", "Path=/account;", "Max-Age=86400", "Secure",
                                  "HttpOnly", "SameSite=Lax"}) {
        BOOST_TEST(contains(cookie, attribute), attribute);
    }
    BOOST_TEST(response.header("Location") == "/account/verify");
}

BOOST_AUTO_TEST_SUITE_END()
