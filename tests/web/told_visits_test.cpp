// What the log says of a visit.
#include <fcntl.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "base/log.h"
#include "web/visited_website.h"

namespace {

struct Fixture : support::VisitedWebsite {
    support::TemporaryDirectory directory;

    ~Fixture() { base::set_log_level(base::Level::info); }

    // All that the log said meanwhile. Checks come after it: Boost.Test writes there as well.
    std::string told_by(const std::function<void()>& act) {
        const auto file = directory.path() / "log";
        const int kept = dup(STDERR_FILENO);
        const int replacement = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(replacement, STDERR_FILENO);
        act();
        dup2(kept, STDERR_FILENO);
        close(replacement);
        close(kept);
        std::ifstream lines(file);
        return {std::istreambuf_iterator<char>(lines), {}};
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(told_visits_test, Fixture)

BOOST_AUTO_TEST_CASE(a_failure_names_the_account_that_met_it) {
    const auto ada = website.add_account("ada@example.org");
    website.services.held_mails = [](store::Database&) -> std::vector<web::HeldMail> {
        throw std::runtime_error("what went wrong");
    };
    (void)visitor.log_in("ada@example.org");
    const auto told = told_by([this] { (void)visitor.get(Route::mailbox); });
    BOOST_TEST(contains(told, "request_failed"));
    BOOST_TEST(contains(told, "account=" + std::to_string(ada.id)), told);
    BOOST_TEST(contains(told, "what went wrong"));
}

BOOST_AUTO_TEST_CASE(every_visit_is_told_when_the_operator_asks_for_all_also_one_that_led_nowhere) {
    base::set_log_level(base::Level::debug);
    const auto told = told_by([this] { (void)visitor.get("/account/nothing"); });
    BOOST_TEST(contains(told, "request "), told);
    BOOST_TEST(contains(told, "route=none"), told);
    BOOST_TEST(contains(told, "status=404"), told);
}

BOOST_AUTO_TEST_CASE(a_visit_that_took_a_second_is_told_unasked) {
    website.services.held_mails = [](store::Database&) {
        std::this_thread::sleep_for(std::chrono::seconds(1));  // a disk that is as slow as that
        return std::vector<web::HeldMail>{};
    };
    const auto told = told_by([this] { (void)visitor.get(Route::mailbox); });
    BOOST_TEST(contains(told, "request_slow"), told);
    BOOST_TEST(contains(told, "route=mailbox"), told);
}

BOOST_AUTO_TEST_CASE(a_request_id_of_the_right_length_that_is_not_nginxs_is_replaced) {
    base::set_log_level(base::Level::debug);
    auto request = visitor.request(http::Method::get, visitor.path(Route::login));
    request.request_id = std::string(32, 'G');
    const auto told = told_by([&] { (void)visitor.send(request); });
    BOOST_TEST(contains(told, "request_id="));
    BOOST_TEST(!contains(told, request.request_id), told);
}

BOOST_AUTO_TEST_SUITE_END()
