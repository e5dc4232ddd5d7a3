#include "config.h"

#include <boost/test/unit_test.hpp>

#include "config/forms.h"
#include "config/keys.h"
#include "config/reader.h"
#include "support/config_directory.h"

using namespace support;

BOOST_FIXTURE_TEST_SUITE(config_test, Directory)

BOOST_AUTO_TEST_CASE(the_least_configuration_has_the_defaults_of_every_part) {
    const Config config = load_with("");
    BOOST_TEST(config.database == "/var/lib/postern/postern.db");
    BOOST_TEST(config.key_file == "/var/lib/postern/key");
    BOOST_TEST(config.web.addresses.url(base::Route::login) == "https://example.org/account/login");
    BOOST_TEST(config.web.site_name == "example.org");
    BOOST_TEST(config.accounts.password.product_name == "example.org");
    BOOST_TEST(config.accounts.password.site_host == "example.org");
    BOOST_TEST(config.mail.site_name == "example.org");
    BOOST_TEST(config.mail.helo_name == "example.org");
    BOOST_TEST(config.mail.from == "accounts@example.org");
    BOOST_TEST(config.mail.from_name == "");
    BOOST_TEST(config.accounts.throttle.enabled);
    BOOST_TEST(config.accounts.mail_budget.enabled);
    BOOST_TEST(config.accounts.mail_budget.per_address == 6);
    BOOST_TEST(config.accounts.mail_budget.per_network == 60);
    BOOST_TEST(config.accounts.mail_budget.in_all == 3'000);
    BOOST_TEST(config.quick_threads == 1);
    BOOST_TEST(config.hashing_threads == 1);
    BOOST_TEST(config.accounts.registration_open);
    BOOST_TEST(config.accounts.password.min_length == 15);
    BOOST_TEST(config.accounts.password.memory_kib == 19'456U);
    BOOST_TEST(config.accounts.password.passes == 2U);
    BOOST_TEST(config.accounts.session.idle == 12 * base::hour);
    BOOST_TEST(config.accounts.session.remember_idle == 14 * base::day);
    BOOST_TEST(config.accounts.session.remember_absolute == 90 * base::day);
    BOOST_REQUIRE(config.mail.relays.size() == 1U);
    BOOST_TEST(config.mail.relays[0].port == 587);
    BOOST_TEST((config.mail.relays[0].auth == mail::RelayAuth::none));
    BOOST_TEST((config.log_level == base::Level::info));
}

BOOST_AUTO_TEST_CASE(every_value_reaches_the_part_that_wants_it) {
    write("secret", "s3cret\n", 0640);
    const Config config = load(
        "public_origin = \"http://localhost:8080\"\n"
        "base_path = \"\"\n"
        "site_name = \"Example\"\n"
        "database = \"data/db\"\n"
        "key_file = \"/k\"\n"
        "registration = \"closed\"\n"
        "return_hosts = [\"app.localhost:8080\"]\n"
        "[mail]\n"
        "transport = \"hold\"\n"
        "from = \"Ex Ample <Accounts@Example.org>\"\n"
        "relays = [\"smtp://me%40x@127.0.0.1\", \"smtps://b.example\", "
        "\"smtp+starttls://u@[::1]:26\"]\n"
        "password = \"file:secret\"\n"
        "auth = \"xoauth2\"\n"
        "[password]\n"
        "min_length = 8\nmemory_kib = 8192\npasses = 20\n"
        "[session]\n"
        "idle = \"90s\"\nremember_idle = \"15m\"\nremember_absolute = \"2d\"\n"
        "cookie_domain = \"localhost\"\n"
        "[lanes]\n"
        "quick_threads = 3\nhashing_threads = 4\nhashing_patience = \"3s\"\n"
        "[limits]\nenabled = false\n"
        "mails_per_address = 1\nmails_per_network = 2\nmails_in_all = 3\n"
        "window = \"30m\"\nfailures_per_account = 5\n"
        "failures_per_network = 6\nfailures_in_all = 7\n"
        "[log]\nlevel = \"debug\"\nslow_ms = 250\nserver_timing = true\n");
    BOOST_TEST(config.web.addresses.url(base::Route::login) == "http://localhost:8080/login");
    BOOST_TEST(config.web.site_name == "Example");
    BOOST_TEST(config.accounts.password.product_name == "Example");
    BOOST_TEST(config.accounts.password.site_host == "localhost");
    BOOST_TEST(config.database == directory.path() / "data/db");
    BOOST_TEST(config.key_file == "/k");
    BOOST_TEST(!config.accounts.registration_open);
    BOOST_TEST(config.web.return_hosts == std::vector<std::string>{"app.localhost:8080"});
    BOOST_TEST(config.web.cookie_domain == "localhost");
    BOOST_TEST((config.mail.transport == mail::Transport::hold));
    BOOST_TEST(config.mail.from_name == "Ex Ample");
    BOOST_TEST(config.mail.from == "accounts@example.org");
    BOOST_REQUIRE(config.mail.relays.size() == 3U);
    const auto& [plain, tls, starttls] =
        std::tie(config.mail.relays[0], config.mail.relays[1], config.mail.relays[2]);
    BOOST_TEST((plain.security == mail::RelaySecurity::smtp));
    BOOST_TEST(plain.user == "me@x");
    BOOST_TEST(plain.port == 25);
    BOOST_TEST(plain.password.reveal() == "s3cret");
    BOOST_TEST((plain.auth == mail::RelayAuth::xoauth2));
    BOOST_TEST((tls.security == mail::RelaySecurity::smtps));
    BOOST_TEST(tls.host == "b.example");
    BOOST_TEST(tls.port == 465);
    BOOST_TEST(tls.password.empty());
    BOOST_TEST((tls.auth == mail::RelayAuth::none));
    BOOST_TEST(starttls.host == "::1");
    BOOST_TEST(starttls.port == 26);
    BOOST_TEST(config.accounts.password.min_length == 8);
    BOOST_TEST(config.accounts.password.memory_kib == 8'192U);
    BOOST_TEST(config.accounts.password.passes == 20U);
    BOOST_TEST(config.accounts.session.idle == 90);
    BOOST_TEST(config.accounts.session.remember_idle == 15 * base::minute);
    BOOST_TEST(config.accounts.session.remember_absolute == 2 * base::day);
    BOOST_TEST(config.quick_threads == 3);
    BOOST_TEST(config.hashing_threads == 4);
    BOOST_TEST(config.web.hashing_patience == 3);
    BOOST_TEST((config.web.slow == std::chrono::milliseconds(250)));
    BOOST_TEST(config.web.server_timing);
    BOOST_TEST(!config.accounts.mail_budget.enabled);
    BOOST_TEST(config.accounts.mail_budget.per_address == 1);
    BOOST_TEST(config.accounts.mail_budget.per_network == 2);
    BOOST_TEST(config.accounts.mail_budget.in_all == 3);
    BOOST_TEST(!config.accounts.throttle.enabled);
    BOOST_TEST(config.accounts.throttle.window == 30 * base::minute);
    BOOST_TEST(config.accounts.throttle.failures_per_account == 5);
    BOOST_TEST(config.accounts.throttle.failures_per_network == 6);
    BOOST_TEST(config.accounts.throttle.failures_in_all == 7);
    BOOST_TEST((config.log_level == base::Level::debug));
}

BOOST_AUTO_TEST_CASE(
    a_file_that_is_missing_or_a_directory_or_no_toml_is_one_problem_with_its_place) {
    BOOST_CHECK_THROW((void)postern::load_config(directory.path() / "none", Secrets::unread),
                      ConfigError);
    BOOST_CHECK_THROW((void)postern::load_config(directory.path(), Secrets::unread), ConfigError);
    const auto problems = problems_of("public_origin = \"https://example.org\"\nmail = = 3\n");
    BOOST_REQUIRE(problems.size() == 1U);
    BOOST_TEST(problems[0].line == 2);
    BOOST_TEST(problems[0].column == 8);
}

BOOST_AUTO_TEST_CASE(what_is_required_is_missed_without_a_place) {
    const auto problems = problems_of("mail.relays = [\"smtps://a.example\"]\n");
    BOOST_REQUIRE(problems.size() == 2U);
    BOOST_TEST(problems[0].line == 0);
    BOOST_TEST(problems[0].text.starts_with("public_origin: is required"));
    BOOST_TEST(problems[1].text.starts_with("mail.from: is required"));
    BOOST_TEST(to_line(problems[1]).starts_with(file.string() + ": mail.from"));
}

BOOST_AUTO_TEST_CASE(several_mistakes_are_told_at_once_in_the_order_of_their_places) {
    const auto problems = problems_of(
        "public_origin = 3\n"
        "databse = \"x\"\n"
        "[mail]\n"
        "from = \"nobody\"\n"
        "relays = [\"smtp://mail.example.org\"]\n"
        "[password]\n"
        "  min_length = 7\n");
    BOOST_REQUIRE(problems.size() == 5U);
    BOOST_TEST(to_line(problems[0]) ==
               file.string() + ":1:17: public_origin must be a text in quotes, not a whole number");
    BOOST_TEST(to_line(problems[1]) == file.string() +
                                           ":2:1: unknown key \"databse\"; did you mean "
                                           "\"database\"?");
    BOOST_TEST(problems[2].line == 4);
    BOOST_TEST(problems[2].column == 8);
    BOOST_TEST(problems[3].line == 5);
    BOOST_TEST(problems[3].column == 11);
    BOOST_TEST(to_line(problems[4]) ==
               file.string() +
                   ":7:16: password.min_length must be a whole number from 8 to 256 (characters)");
}

BOOST_AUTO_TEST_CASE(an_unknown_key_is_told_with_what_was_probably_meant) {
    refuses("mail.form = \"x\"\n", 4, 6, "did you mean \"mail.from\"?");
    refuses("min_length = 20\n", 4, 1, "did you mean \"password.min_length\"?");
    refuses("[passwords]\nmin_length = 20\n", 4, 2, "unknown section [passwords]; did you mean");
    refuses("[session]\nzzzzzzzz = 1\n", 5, 1,
            "known in [session]: idle, remember_idle, remember_absolute, cookie_domain");
    refuses("[log.level.deep]\n", 4, 1, "log.level must be one of");
    refuses("session = 3\n", 4, 11, "\"session\" is a section: [session]");
}

BOOST_AUTO_TEST_CASE(a_value_of_a_wrong_type_is_told_with_the_right_one) {
    refuses("[lanes]\nquick_threads = 2.0\n", 5, 17, "not a number with a point");
    refuses("[lanes]\nquick_threads = \"2\"\n", 5, 17, "from 1 to 64 (threads), not a text");
    refuses("[limits]\nenabled = \"yes\"\n", 5, 11, "true or false, not a text");
    refuses("[limits]\nenabled = 1\n", 5, 11, "true or false");
    refuses("site_name = [\"a\"]\n", 4, 13, "a text in quotes");
    refuses("return_hosts = \"a.example\"\n", 4, 16, "a list of texts");
    refuses("return_hosts = [1]\n", 4, 16, "a list of texts");
    refuses("database = true\n", 4, 12, "a path in quotes");
    refuses("[session]\nidle = 3600\n", 5, 8, "a duration from \"1s\" to \"400d\"");
}

BOOST_AUTO_TEST_CASE(a_value_out_of_bounds_is_told_with_the_bounds) {
    refuses("[password]\nmin_length = 257\n", 5, 14, "8 to 256");
    refuses("[password]\nmemory_kib = 8191\n", 5, 14, "8192 to 4194304 (KiB)");
    refuses("[password]\npasses = 0\n", 5, 10, "1 to 20");
    refuses("[lanes]\nhashing_threads = -1\n", 5, 19, "1 to 64");
    refuses("registration = \"Open\"\n", 4, 16, "one of \"open\", \"closed\"");
    refuses("[log]\nlevel = \"loud\"\n", 5, 9, "\"debug\"");
    for (const char* span : {"0s", "401d", "12", "h", "", "-1h", "+1h", "1.5h", "1h30m", "1 h",
                             "1H", "99999999999999999999s", "9223372036854775807d"}) {
        refuses("[session]\nidle = \"" + std::string(span) + "\"\n", 5, 8, "a duration from");
    }
}

BOOST_AUTO_TEST_CASE(an_origin_is_scheme_host_and_port_and_nothing_else) {
    refuses_origin("example.org", "must begin with https://");
    refuses_origin("ftp://example.org", "must begin with https://");
    refuses_origin("https://example.org/", "without a path or slash");
    refuses_origin("https://example.org/account", "without a path or slash");
    refuses_origin("https://me@example.org", "must end after the host");
    refuses_origin("https://", "host name");
    refuses_origin("https://exämple.org", "xn--");
    refuses_origin("https://example..org", "host name");
    refuses_origin("https://-example.org", "host name");
    refuses_origin("https://example.org:0", "port");
    refuses_origin("https://example.org:65536", "port");
    refuses_origin("https://example.org:", "port");
    refuses_origin("https://1.2.3", "host name");
    refuses_origin("https://[::1", "host name");
}

BOOST_AUTO_TEST_CASE(an_origin_becomes_what_browsers_send) {
    const std::string hold = "transport = \"relay\"\nrelays = [\"smtps://a.example\"]\n";
    const auto origin = [&](std::string_view text) {
        return load(at_origin(text, hold)).web.addresses.public_origin();
    };
    BOOST_TEST(origin("HTTPS://Example.ORG:443") == "https://example.org");
    BOOST_TEST(origin("https://example.org:8443") == "https://example.org:8443");
    BOOST_TEST(origin("http://localhost:80") == "http://localhost");
}

BOOST_AUTO_TEST_CASE(plain_http_is_for_loopback_alone) {
    refuses_origin("http://example.org", "must be https");
    refuses_origin("http://localhost.example.org", "must be https");
    refuses_origin("http://127.0.0.1.example.org", "must be https");
    const std::string hold = "transport = \"hold\"\n";
    for (const char* host :
         {"localhost", "localhost:8080", "a.localhost", "127.0.0.1", "127.9.9.9", "[::1]:8080"}) {
        BOOST_CHECK_NO_THROW((void)load(at_origin("http://" + std::string(host), hold)));
    }
}

BOOST_AUTO_TEST_CASE(mail_is_held_only_on_loopback_and_a_relay_is_needed_otherwise) {
    refuses("mail.transport = \"hold\"\n", 4, 18, "only when public_origin is on loopback");
    const auto problems = problems_of(at_origin("https://example.org", ""));
    BOOST_REQUIRE(problems.size() == 1U);
    BOOST_TEST(problems[0].text.starts_with("mail.relays: at least one relay is needed"));
}

BOOST_AUTO_TEST_CASE(a_relay_without_tls_must_be_on_loopback) {
    const auto relay = [&](const std::string& url) {
        return problems_of(
            at_origin("https://example.org", "relays = [\"smtps://a\", \"" + url + "\"]\n"));
    };
    const auto problems = relay("smtp://mail.example.org");
    BOOST_REQUIRE(problems.size() == 1U);
    BOOST_TEST(problems[0].line == 4);
    BOOST_TEST(problems[0].column == 24);  // of the relay, not of the list
    BOOST_TEST(problems[0].text.find("only for loopback") != std::string::npos);
    BOOST_TEST(relay("smtp://localhost:2525").empty());
    BOOST_TEST(relay("http://localhost").size() == 1U);
    BOOST_TEST(relay("smtps://").size() == 1U);
    BOOST_TEST(relay("smtps://a b").size() == 1U);
    BOOST_TEST(relay("smtps://a:99999").size() == 1U);
    BOOST_TEST(relay("smtps://@a").size() == 1U);
    BOOST_TEST(relay("smtps://%zz@a").size() == 1U);
    BOOST_TEST(relay("smtps://%0a@a").size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_relay_with_a_user_needs_a_password_that_stands_elsewhere) {
    const auto problems = problems_of(
        at_origin("https://example.org", "relays = [\"smtps://me@mail.example.org\"]\n"));
    BOOST_REQUIRE(problems.size() == 1U);
    BOOST_TEST(problems[0].column == 11);
    BOOST_TEST(problems[0].text.find("mail.password") != std::string::npos);

    const auto told = problems_of(
        at_origin("https://example.org", "relays = [\"smtps://me:hunter2@mail.example.org\"]\n"));
    BOOST_REQUIRE(told.size() == 1U);
    BOOST_TEST(told[0].text.find("the password stands in mail.password") != std::string::npos);
    BOOST_TEST(told[0].text.find("hunter2") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_cookie_domain_is_the_host_or_above_it) {
    const auto domain = [&](const std::string& value, std::string_view words) {
        std::string text = "public_origin = \"https://id.example.org\"\n" +
                           std::string(least.substr(least.find('\n') + 1));
        const auto problems = problems_of(text + "[session]\ncookie_domain = \"" + value + "\"\n");
        BOOST_REQUIRE_MESSAGE(problems.size() == 1U, value);
        BOOST_TEST(problems[0].line == 5);
        BOOST_TEST(problems[0].column == 17);
        BOOST_TEST(problems[0].text.find(words) != std::string::npos, problems[0].text);
    };
    domain("other.org", "the host of public_origin");
    domain("ample.org", "the host of public_origin");
    domain("a.id.example.org", "the host of public_origin");
    domain(".example.org", "without a dot in front");
    domain("Example.org", "in lower case");
    domain("example.org:443", "must be a domain");
    domain("org", "must be a domain");
    domain("127.0.0.1", "must be a domain");
    BOOST_TEST(load_with("session.cookie_domain = \"example.org\"\n").web.cookie_domain ==
               "example.org");
}

BOOST_AUTO_TEST_CASE(return_hosts_share_the_cookie_domain) {
    refuses("return_hosts = [\"app.example.org\"]\n", 4, 16, "needs session.cookie_domain");
    const std::string domain = "session.cookie_domain = \"example.org\"\n";
    refuses(domain + "return_hosts = [\"app.example.org\", \"evil.org\"]\n", 5, 36,
            "under session.cookie_domain");
    refuses(domain + "return_hosts = [\"https://app.example.org\"]\n", 5, 17, "must be hosts");
    refuses(domain + "return_hosts = [\"*.example.org\"]\n", 5, 17, "must be hosts");
}

BOOST_AUTO_TEST_CASE(the_mount_is_a_plain_path) {
    for (const char* path : {"account", "/", "/account/", "//x", "/a//b", "/a/../b", "/..", "/.",
                             "/a b", "/a?b", "/a%2f", "/ä", "https://x/y"}) {
        refuses("base_path = \"" + std::string(path) + "\"\n", 4, 13, "begin with a slash");
    }
    BOOST_TEST(load_with("base_path = \"/my/account_1.0~x\"\n").web.addresses.base_path() ==
               "/my/account_1.0~x");
}

BOOST_AUTO_TEST_CASE(the_sender_is_a_name_and_an_address_without_control_characters) {
    const auto sender = [&](const std::string& toml_text) {
        std::string text(least);
        text.replace(text.find("accounts@example.org"), 20, toml_text);
        return text;
    };
    for (const char* from : {"Example", "Example <>", "<a@b.example", "a@b.example>", "a@@b",
                             "Example <a@b.example> x", "a@b.example\\nBcc: c@d.example",
                             "Ex\\u0000 <a@b.example>", "a@b.example, c@d.example"}) {
        const auto problems = problems_of(sender(from));
        BOOST_REQUIRE_MESSAGE(problems.size() == 1U, from);
        BOOST_TEST(problems[0].line == 2);
        BOOST_TEST(problems[0].column == 13);
    }
    BOOST_TEST(load(sender("\\\"Ex, Inc.\\\" <a@b.example>")).mail.from_name == "Ex, Inc.");
    BOOST_TEST(load(sender("<a@b.example>")).mail.from == "a@b.example");
    BOOST_TEST(load(sender("Zoë <a@b.example>")).mail.from_name == "Zoë");
}

BOOST_AUTO_TEST_CASE(remembering_is_not_shorter_in_all_than_idle) {
    refuses("[session]\nremember_idle = \"91d\"\n", 5, 17, "not be longer than");
}

BOOST_AUTO_TEST_CASE(empty_paths_and_lines_in_the_site_name_are_refused) {
    refuses("database = \"\"\n", 4, 12, "must name a file");
    refuses("key_file = \"\"\n", 4, 12, "must name a file");
    refuses("site_name = \"a\\nb\"\n", 4, 13, "one line");
    refuses("mail.ca_file = \"/none.pem\"\n", 4, 16, "cannot read");
}

BOOST_AUTO_TEST_CASE(drop_ins_override_in_the_order_of_their_names) {
    write("postern.toml.d/20-b.toml", "site_name = \"b\"\n[lanes]\nquick_threads = 5\n");
    write("postern.toml.d/10-a.toml", "site_name = \"a\"\npassword.passes = 3\n");
    write("postern.toml.d/30-c.toml.bak", "site_name = \"c\"\n");
    write("postern.toml.d/05-empty.toml", "");
    const Config config = load_with("");
    BOOST_TEST(config.web.site_name == "b");
    BOOST_TEST(config.quick_threads == 5);
    BOOST_TEST(config.accounts.password.passes == 3U);
}

BOOST_AUTO_TEST_CASE(a_mistake_in_a_drop_in_is_told_with_its_own_file_and_place) {
    write("postern.toml.d/10.toml", "\n[mail]\ntransport = \"hold\"\n");
    const auto problem = problem_with("");
    BOOST_TEST(problem.file == file.string() + ".d/10.toml");
    BOOST_TEST(problem.line == 3);
    BOOST_TEST(problem.column == 13);
}

// Of each key, and of each type that it is not: the place, and what may stand there.
BOOST_AUTO_TEST_CASE(every_key_refuses_every_wrong_type_with_its_place_and_what_is_allowed) {
    const std::string good = std::string(least);
    for (const postern::Key& key : postern::all_keys()) {
        for (const char* value : {"true", "7", "7.5", "\"7 x\"", "[\"a\"]", "[7]", "{ a = 1 }",
                                  "1979-05-27", "1979-05-27T07:32:00Z"}) {
            // In a file of its own: some keys are required, and stand in the first.
            write("postern.toml.d/10.toml", "\n" + std::string(key.path) + " = " + value + "\n");
            const postern::Reading reading = [&] {
                write("postern.toml", good);
                return postern::read_files(file);
            }();
            if (reading.problems.empty()) continue;  // of the right type
            BOOST_REQUIRE_EQUAL(reading.problems.size(), 1U);
            const ConfigProblem& problem = reading.problems.front();
            BOOST_TEST(problem.file == file.string() + ".d/10.toml");
            BOOST_TEST(problem.line == 2);
            BOOST_TEST(problem.column == static_cast<int>(key.path.size()) + 4, to_line(problem));
            const bool secret = std::holds_alternative<postern::SecretValue>(key.type);
            BOOST_TEST((problem.text.find(allowed_for(key)) != std::string::npos ||
                        (secret && problem.text.find("\"file:PATH\"") != std::string::npos)),
                       to_line(problem));
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_toml_is_told_with_its_place_and_what_is_allowed) {
    for (const auto& [text, column] : {std::pair{"site_name = Example\n", 13},
                                       {"site_name = \"Example\n", 21},
                                       {"site_name \"Example\"\n", 11},
                                       {"[mail\n", 6},
                                       {"site_name = \n", 13},
                                       {"mail.from = \"again@example.org\"\n", 13}}) {
        const ConfigProblem problem = problem_with(text);
        BOOST_TEST(problem.line == 4);
        BOOST_TEST(problem.column == column, to_line(problem));
        BOOST_TEST(problem.text.find("KEY = VALUE") != std::string::npos);
    }
    BOOST_TEST(problem_with("mail.from = \"again@example.org\"\n").text.find("'mail.from'") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_says_why) {
    const auto text_of = [](const std::filesystem::path& path) {
        try {
            (void)postern::load_config(path, Secrets::unread);
        } catch (const ConfigError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    BOOST_TEST(text_of(directory.path() / "none").find("No such file") != std::string::npos);
    BOOST_TEST(text_of(directory.path()).find("must be a file") != std::string::npos);
    write("no.pem", "no certificate\n");
    refuses("mail.ca_file = \"no.pem\"\n", 4, 16, "BEGIN CERTIFICATE");
    refuses("mail.ca_file = \".\"\n", 4, 16, "BEGIN CERTIFICATE");
    refuses("mail.ca_file = \"none.pem\"\n", 4, 16, "No such file");
}

BOOST_AUTO_TEST_CASE(every_key_is_told_with_help_and_its_default_can_be_read_back) {
    std::string text;
    for (const postern::Key& key : postern::all_keys()) {
        BOOST_TEST(!key.help.empty());
        BOOST_TEST(!key.help.ends_with("."));
        BOOST_TEST(!allowed_for(key).empty());
        if (key.presence == postern::Presence::required || key.path == "mail.relays") continue;
        text += std::string(key.path) + " = " + toml_text(key, postern::Written{}) + "\n";
    }
    BOOST_CHECK_NO_THROW((void)load_with(text));
}

BOOST_AUTO_TEST_CASE(spans_are_shown_in_their_largest_unit) {
    BOOST_TEST(postern::span_text(90) == "90s");
    BOOST_TEST(postern::span_text(900) == "15m");
    BOOST_TEST(postern::span_text(12 * base::hour) == "12h");
    BOOST_TEST(postern::span_text(14 * base::day) == "14d");
}

BOOST_AUTO_TEST_SUITE_END()
