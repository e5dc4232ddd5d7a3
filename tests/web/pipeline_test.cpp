// What holds for every route: the order of refusals, faults of ours, headers.
#include "web/pipeline.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <new>

#include "web/visited_website.h"

using http::Method;

namespace {

struct Fixture : support::VisitedWebsite {
    http::Response send_body(const std::string& type, const std::string& body,
                             Route route = Route::register_) {
        http::Request request = script.request(Method::post, script.path(route));
        request.content_type = type;
        request.body = body;
        return script.send(request);
    }
    std::int64_t rows_written() const {
        return website.number(
            "SELECT (SELECT count(*) FROM claim) + (SELECT count(*) FROM outbox) "
            "+ (SELECT count(*) FROM token)");
    }
};

const std::string form_type = "application/x-www-form-urlencoded";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(pipeline_test, Fixture)

// ---- refused before anything is read ----

BOOST_AUTO_TEST_CASE(an_address_that_is_not_in_the_table_is_404) {
    for (const char* path :
         {"/account/nothing", "/account/login/", "/account", "/", "", "/accounts/",
          "/account/../account/login", "/account/LOGIN", "//account/login"}) {
        BOOST_TEST(visitor.get(path).status == 404, path);
    }
    const auto response = script.get("/account/nothing");
    BOOST_TEST(response.header("Content-Type") == "application/problem+json");
    BOOST_TEST(response.body == R"({"type":"about:blank","title":"Not Found","status":404,)"
                                R"("detail":"There is nothing at this address.",)"
                                R"("request_id":"0123456789abcdef0123456789abcdef"})");
}

BOOST_AUTO_TEST_CASE(a_method_that_is_not_in_the_table_is_405_and_told_which_are) {
    for (const web::RouteRow& row : web::all_routes()) {
        const auto response = visitor.send(visitor.request(Method::other, visitor.path(row.route)));
        BOOST_TEST(response.status == 405);
        BOOST_TEST(response.header("Allow") == web::allowed_methods(row.route));
    }
    BOOST_TEST(visitor.get(Route::profile).status == 405);
    BOOST_TEST(visitor.post(Route::session).status == 405);
}

BOOST_AUTO_TEST_CASE(a_route_that_hashes_is_refused_on_the_quick_lane) {
    for (const web::RouteRow& row : web::all_routes()) {
        if (row.lane != http::Lane::hashing) continue;
        http::Request request = visitor.request(row.method, visitor.path(row.route));
        request.lane = http::Lane::quick;
        BOOST_TEST(visitor.send(request).status == 421);
    }
    http::Request quick = visitor.request(Method::get, visitor.path(Route::login));
    quick.lane = http::Lane::hashing;
    BOOST_TEST(visitor.send(quick).status == 200);
}

BOOST_AUTO_TEST_CASE(what_has_waited_too_long_for_a_hash_is_told_to_come_again) {
    const base::Seconds now = website.clock.now();
    const auto log_in_sent = [&](const std::string& received_at) {
        http::Request request = script.request(Method::post, script.path(Route::login));
        request.received_at = received_at;
        return script.send(request);
    };
    const auto late = log_in_sent(std::to_string(now - 6) + ".500");
    BOOST_TEST(late.status == 503);
    BOOST_TEST(late.header("Retry-After") == "2");
    BOOST_TEST(log_in_sent(std::to_string(now - 30) + ".500").status == 503);
    // In time, not said, or from before a clock was changed: taken.
    for (const std::string& received_at :
         {std::to_string(now - 5) + ".001", std::to_string(now) + ".999", std::to_string(now + 6),
          std::to_string(now - 86'400), std::string("1.000"), std::string(), std::string("x"),
          std::string("99999999999999999999.000")}) {
        BOOST_TEST(log_in_sent(received_at).status == 422, received_at);
    }
}

BOOST_AUTO_TEST_CASE(what_hashes_nothing_is_never_told_to_come_again) {
    http::Request request = script.request(Method::get, script.path(Route::health));
    request.received_at = std::to_string(website.clock.now() - 30) + ".000";
    BOOST_TEST(script.send(request).status == 200);
}

BOOST_AUTO_TEST_CASE(routing_touches_no_database) {
    (void)website.domain();
    std::filesystem::resize_file(website.file(), 0);
    BOOST_TEST(visitor.get("/account/nothing").status == 404);
    BOOST_TEST(visitor.get(Route::profile).status == 405);
    BOOST_TEST(visitor.get(Route::login).status == 200);
}

BOOST_AUTO_TEST_CASE(every_change_from_a_foreign_site_is_refused) {
    for (const web::RouteRow& row : web::all_routes()) {
        if (row.method != Method::post) continue;
        http::Request request = visitor.request(Method::post, visitor.path(row.route));
        for (const char* site : {"cross-site", "same-site", "nonsense"}) {
            request.sec_fetch_site = site;
            request.origin = "https://example.org";  // says nothing beside Sec-Fetch-Site
            BOOST_TEST(visitor.send(request).status == 403);
        }
        request.sec_fetch_site = "";
        for (const char* origin : {"https://evil.example", "null", "http://example.org",
                                   "https://example.org.evil.example"}) {
            request.origin = origin;
            BOOST_TEST(visitor.send(request).status == 403);
        }
    }
    BOOST_TEST(rows_written() == 0);
}

BOOST_AUTO_TEST_CASE(a_link_from_a_foreign_site_may_be_followed) {
    http::Request request = visitor.request(Method::get, visitor.path(Route::login));
    request.sec_fetch_site = "cross-site";
    BOOST_TEST(visitor.send(request).status == 200);
}

BOOST_AUTO_TEST_CASE(what_is_too_large_is_refused_unread) {
    BOOST_TEST(send_body("application/json", std::string(1 << 20, '[')).status == 413);
    BOOST_TEST(script.get(Route::login, std::string(9'000, 'a')).status == 414);
}

// ---- fields ----

BOOST_AUTO_TEST_CASE(fields_that_are_no_fields_are_told_and_write_nothing) {
    struct Case {
        std::string type;
        std::string body;
    };
    const std::vector<Case> cases{
        {form_type, "email=%zz"},
        {form_type, "email=a%00@example.org"},
        {form_type, "email=%ff@example.org"},
        {form_type, "email=a@example.org&email=b@example.org"},
        {form_type, "email=" + std::string(5'000, 'a')},
        {"application/json", "{\"email\":"},
        {"application/json", "[]"},
        {"application/json", R"({"email":"a@example.org","email":"b@example.org"})"},
        {"application/json", R"({"email":["a@example.org"]})"},
        {"application/json", R"({"email":17})"},
        {"application/json", R"({"email":"a\u0000@example.org"})"},
        {"application/json", std::string(1'000, '[')},
        {"text/plain", "email=a@example.org"},
        {"multipart/form-data; boundary=x", "--x--"},
    };
    for (const Case& one : cases) {
        const auto response = send_body(one.type, one.body);
        BOOST_TEST(response.status >= 400, one.body.substr(0, 40));
        BOOST_TEST(response.status < 500, one.body.substr(0, 40));
        BOOST_TEST(response.header("Content-Type") == "application/problem+json");
    }
    BOOST_TEST(rows_written() == 0);
}

BOOST_AUTO_TEST_CASE(another_content_type_is_415_and_true_is_no_text) {
    BOOST_TEST(send_body("text/plain", "email=a@example.org").status == 415);
    BOOST_TEST(send_body("application/json", R"({"email":true})").status == 422);
    BOOST_TEST(rows_written() == 0);
}

BOOST_AUTO_TEST_CASE(addresses_that_are_none_are_named_at_their_field) {
    for (const char* text : {"", "x", "a@b@c", "a b@example.org", "a@example.org\r\nBcc: x@y.org",
                             "a@example.org\n", "@example.org", "a@", "a..b@example.org"}) {
        const auto response = script.send([&] {
            auto request = script.request(Method::post, script.path(Route::register_));
            request.content_type = form_type;
            request.body = "email=" + http::percent_encode(text);
            return request;
        }());
        BOOST_TEST(response.status == 422, text);
        BOOST_TEST(contains(response.body, R"("errors":[{"field":"email")"), text);
    }
    BOOST_TEST(rows_written() == 0);
}

BOOST_AUTO_TEST_CASE(fields_that_nobody_asked_for_are_passed_over) {
    const auto response =
        script.post(Route::register_, {{"email", "a@example.org"}, {"is_admin", "true"}});
    BOOST_TEST(response.status == 202);
}

BOOST_AUTO_TEST_CASE(two_session_cookies_decide_nothing) {
    website.add_account("ada@example.org");
    (void)visitor.log_in("ada@example.org");
    const std::string twice =
        "__Host-postern=" + visitor.cookies["__Host-postern"] + "; __Host-postern=another";
    for (const Route route : {Route::account, Route::session, Route::check, Route::login}) {
        http::Request request = visitor.request(Method::get, visitor.path(route));
        request.cookie = twice;
        const int status = visitor.send(request).status;
        BOOST_TEST(status == (route == Route::check ? 401 : 400));
    }
    http::Request health = visitor.request(Method::get, visitor.path(Route::health));
    health.cookie = twice;
    BOOST_TEST(visitor.send(health).status == 200);
}

// ---- faults of ours ----

BOOST_AUTO_TEST_CASE(a_database_that_cannot_be_read_is_503_and_never_a_sign_out) {
    website.add_account("ada@example.org");
    (void)script.log_in("ada@example.org");
    // A commit from elsewhere, so that nothing is answered from this connection's page cache.
    support::Website::Worker other(website);
    (void)accounts::add_account(other.domain, *base::EmailAddress::parse("bob@example.org"), {}, {},
                                support::good_password);
    std::filesystem::resize_file(website.file(), 0);
    std::filesystem::resize_file(website.file().string() + "-wal", 0);
    for (const Route route : {Route::session, Route::check, Route::health, Route::account}) {
        const auto response = script.get(route);
        BOOST_TEST(response.status == 503);
        BOOST_TEST(response.header("Content-Type") == "application/problem+json");
        BOOST_TEST(contains(response.body, "0123456789abcdef0123456789abcdef"));
        BOOST_TEST(response.header("Set-Cookie") == "");
        BOOST_TEST(response.header("Postern-Login") == "");
    }
}

BOOST_AUTO_TEST_CASE(a_busy_database_is_503_and_says_when_to_try_again) {
    website.services.held_mails = [](store::Database&) -> std::vector<web::HeldMail> {
        throw store::Error(5, "database is locked");
    };
    const auto response = visitor.get(Route::mailbox);
    BOOST_TEST(response.status == 503);
    BOOST_TEST(response.header("Retry-After") == "2");
    BOOST_TEST(contains(response.body, "0123456789abcdef0123456789abcdef"));
}

BOOST_AUTO_TEST_CASE(no_memory_is_503_and_anything_else_500) {
    int turn = 0;
    website.services.held_mails = [&](store::Database&) -> std::vector<web::HeldMail> {
        if (turn++ == 0) throw std::bad_alloc();
        if (turn == 2) throw accounts::HashingFailed();
        throw std::runtime_error("the cause stays in the log");
    };
    BOOST_TEST(script.get(Route::mailbox).status == 503);
    BOOST_TEST(script.get(Route::mailbox).status == 503);
    const auto response = script.get(Route::mailbox);
    BOOST_TEST(response.status == 500);
    BOOST_TEST(!contains(response.body, "cause"));
}

BOOST_AUTO_TEST_CASE(a_hint_to_the_notifier_that_fails_does_not_undo_a_success) {
    website.services.wake_notifier = [] { throw std::runtime_error("the queue is gone"); };
    BOOST_TEST(script.post(Route::register_, {{"email", "ada@example.org"}}).status == 202);
}

BOOST_AUTO_TEST_CASE(the_notifier_is_woken_after_a_success_only) {
    (void)script.post(Route::register_, {{"email", "none"}});
    (void)script.get(Route::register_);
    BOOST_TEST(website.wakes == 0);
    (void)script.post(Route::register_, {{"email", "ada@example.org"}});
    (void)script.post(Route::reset_password, {{"email", "nobody@example.org"}});
    BOOST_TEST(website.wakes == 2);
}

BOOST_AUTO_TEST_CASE(a_request_id_that_is_not_nginxs_is_replaced) {
    http::Request request = script.request(Method::get, "/account/nothing");
    request.request_id = "\"><script>";
    const auto response = script.send(request);
    BOOST_TEST(!contains(response.body, "script"));
    BOOST_TEST(!contains(response.body, "\"request_id\":\"\""));
}

// ---- times ----

BOOST_AUTO_TEST_CASE(nobody_is_told_how_long_it_took_unless_the_operator_looks) {
    BOOST_TEST(script.get(Route::session).header("Server-Timing") == "");
}

BOOST_AUTO_TEST_CASE(the_operator_sees_the_stages_and_the_statements_in_the_browser) {
    website.settings.server_timing = true;
    const std::string timing(visitor.get(Route::login).header("Server-Timing"));
    for (const char* part :
         {"form;dur=", "session;dur=", "handler;dur=", "sql;dur=", "total;dur="}) {
        BOOST_TEST(contains(timing, part), timing);
    }
}

// ---- headers ----

BOOST_AUTO_TEST_CASE(every_answer_is_uncached_and_carries_the_security_headers) {
    for (const web::RouteRow& row : web::all_routes()) {
        const auto response = visitor.send(visitor.request(row.method, visitor.path(row.route)));
        for (const char* name :
             {"Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options",
              "Referrer-Policy", "Cross-Origin-Resource-Policy"}) {
            BOOST_TEST(response.header(name) != "", name);
        }
        BOOST_TEST(response.header("Cache-Control") == "no-store");
        BOOST_TEST(response.header("Referrer-Policy") == "same-origin");
        BOOST_TEST(contains(response.header("Content-Security-Policy"), "default-src 'none'"));
    }
}

BOOST_AUTO_TEST_CASE(vary_names_what_an_answer_depends_on) {
    BOOST_TEST(visitor.get(Route::login).header("Vary") == "Accept, Content-Type, Cookie");
    BOOST_TEST(visitor.get(Route::session).header("Vary") == "Cookie");
    BOOST_TEST(visitor.get(Route::health).header("Vary") == "");
}

BOOST_AUTO_TEST_CASE(a_form_may_lead_on_to_the_hosts_of_return_to) {
    website.settings.return_hosts = {"shop.example.org"};
    BOOST_TEST(contains(visitor.get(Route::login).header("Content-Security-Policy"),
                        "form-action 'self' https://shop.example.org"));
}

BOOST_AUTO_TEST_CASE(head_has_the_headers_of_get) {
    website.add_account("ada@example.org");
    for (const bool signed_in : {false, true}) {
        if (signed_in) (void)visitor.log_in("ada@example.org");
        for (const web::RouteRow& row : web::all_routes()) {
            if (row.method != Method::get) continue;
            const auto get = visitor.get(row.route);
            const auto head = visitor.send(visitor.request(Method::head, visitor.path(row.route)));
            BOOST_TEST(head.status == get.status);
            BOOST_TEST((head.headers == get.headers));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_script_can_ask_what_a_form_takes) {
    BOOST_TEST(
        script.get(Route::login).body ==
        R"({"action":"/account/login","method":"POST","fields":["email","password","remember","return_to"]})");
    for (const Route route :
         {Route::register_, Route::verify, Route::logout, Route::reset_password}) {
        const auto response = script.get(route);
        BOOST_TEST(response.status == 200);
        BOOST_TEST(contains(response.body, "\"method\":\"POST\""));
    }
}

BOOST_AUTO_TEST_CASE(the_anonymous_are_sent_to_the_login_or_told) {
    BOOST_TEST(visitor.get(Route::account).header("Location") ==
               "/account/login?return_to=%2Faccount%2F");
    BOOST_TEST(visitor.get(Route::password).header("Location") ==
               "/account/login?return_to=%2Faccount%2Fpassword");
    for (const Route route : {Route::profile, Route::sessions_end, Route::password}) {
        BOOST_TEST(visitor.post(route).status == 303);
        BOOST_TEST(visitor.post(route).header("Location") == "/account/login");
        BOOST_TEST(script.post(route).status == 401);
    }
    for (const Route route : {Route::account, Route::sessions, Route::password, Route::session}) {
        BOOST_TEST(script.get(route).status == 401);
        BOOST_TEST(script.get(route).header("Content-Type") == "application/problem+json");
    }
}

BOOST_AUTO_TEST_SUITE_END()
