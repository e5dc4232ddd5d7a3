#include "cli/mail_commands.h"

#include <array>
#include <limits>

#include "cli/opened_domain.h"
#include "cli/report.h"
#include "cli/user_commands.h"
#include "mail/outbox.h"
#include "mail/outbox_admin.h"

namespace cli {
namespace {

using mail::Entry;
using mail::State;

constexpr std::array all_states{State::due, State::accepted, State::shelved, State::expired,
                                State::discarded};

std::optional<State> parse_state(const std::string& word) {
    const auto state = mail::state_of(word);
    if (state || word.empty()) return state;
    std::string known;
    for (const State one : all_states) {
        (known += known.empty() ? "" : ", ") += mail::word_for(one);
    }
    throw WrongUse("\"" + word + "\" is no state of a mail: " + known);
}

int parse_limit(std::int64_t limit) {
    constexpr int most = 100'000;
    if (limit >= 1 && limit <= most) return static_cast<int>(limit);
    throw WrongUse("--limit must be from 1 to " + std::to_string(most));
}

Cell when(std::optional<base::Seconds> moment) {
    return moment ? time_cell(*moment) : Cell(nullptr);
}

Cell next_attempt(const Entry& entry) {
    return entry.state == State::due ? time_cell(entry.next_attempt_at) : Cell(nullptr);
}

Cell reply(const Entry& entry) {
    return entry.last_reply ? Cell(*entry.last_reply) : Cell(nullptr);
}

Entry mail_called(store::Database& database, std::int64_t id) {
    auto entry = mail::find(database, id);
    if (!entry) throw Refused("there is no mail " + std::to_string(id));
    return std::move(*entry);
}

using Steer = bool (*)(store::Transaction&, std::int64_t, base::Seconds);

// Does it to each in a transaction of its own; tells what was done before what was refused.
int steer(const Arguments& arguments, OpenedDomain& opened, const std::vector<std::int64_t>& ids,
          Steer how, const std::string& done_word, const std::string& refusal) {
    std::int64_t done = 0;
    std::string refused;
    for (const std::int64_t id : ids) {
        store::Transaction transaction(opened.domain().database);
        const bool worked = how(transaction, id, opened.domain().clock.now());
        transaction.commit();
        if (worked) ++done;
        if (!worked) refused += (refused.empty() ? "" : ", ") + std::to_string(id);
    }
    print_done(format_of(arguments),
               done_word + " " + std::to_string(done) + (done == 1 ? " mail" : " mails"),
               {{"done", done}});
    if (!refused.empty()) throw Refused(refusal + ": " + refused);
    return 0;
}

std::vector<std::int64_t> all_shelved(store::Database& database) {
    std::vector<std::int64_t> ids;
    for (const Entry& entry :
         mail::list(database, State::shelved, std::numeric_limits<int>::max())) {
        ids.push_back(entry.id);
    }
    return ids;
}

}  // namespace

int mail_list(const Arguments& arguments) {
    const auto state = parse_state(arguments.state);
    const int limit = parse_limit(arguments.limit);
    OpenedDomain opened(arguments);
    Listing listing(format_of(arguments), "mails",
                    {"id", "kind", "recipient", "state", "attempts", "created_at",
                     "next_attempt_at", "last_reply"});
    for (const Entry& entry : mail::list(opened.domain().database, state, limit)) {
        listing.add({id_cell(entry.id), entry.kind, entry.recipient,
                     std::string(mail::word_for(entry.state)), std::int64_t{entry.attempts},
                     time_cell(entry.created_at), next_attempt(entry), reply(entry)});
    }
    return 0;
}

int mail_show(const Arguments& arguments) {
    if (arguments.mails.size() != 1) throw WrongUse("one mail at a time");
    OpenedDomain opened(arguments);
    const Entry entry = mail_called(opened.domain().database, arguments.mails.front());
    print(format_of(arguments), {{"id", id_cell(entry.id)},
                                 {"kind", entry.kind},
                                 {"recipient", entry.recipient},
                                 {"message_id", entry.message_id},
                                 {"state", std::string(mail::word_for(entry.state))},
                                 {"being_tried", entry.being_tried},
                                 {"attempts", std::int64_t{entry.attempts}},
                                 {"created_at", time_cell(entry.created_at)},
                                 {"expires_at", time_cell(entry.expires_at)},
                                 {"next_attempt_at", next_attempt(entry)},
                                 {"finished_at", when(entry.finished_at)},
                                 {"last_reply", reply(entry)}});
    return 0;
}

int mail_retry(const Arguments& arguments) {
    if (arguments.all == !arguments.mails.empty()) throw WrongUse("say which mails, or --all");
    OpenedDomain opened(arguments);
    const auto ids = arguments.all ? all_shelved(opened.domain().database) : arguments.mails;
    return steer(arguments, opened, ids, mail::retry, "sending again",
                 "not sent again, being sent, done with, past its link's life or unknown");
}

int mail_drop(const Arguments& arguments) {
    OpenedDomain opened(arguments);
    return steer(arguments, opened, arguments.mails, mail::drop, "dropped",
                 "not dropped, accepted or discarded already or unknown");
}

std::int64_t queue_test_mail(accounts::Domain& domain, const base::EmailAddress& address) {
    const base::Seconds now = domain.clock.now();
    store::Transaction transaction(domain.database);
    const std::int64_t id =
        mail::enqueue(transaction, {mail::Kind::test, address, 0, now + base::day}, now);
    transaction.commit();
    return id;
}

int mail_test(const Arguments& arguments) {
    const base::EmailAddress address = parse_address(arguments.who);
    OpenedDomain opened(arguments);
    const std::int64_t id = queue_test_mail(opened.domain(), address);
    const std::string name = std::to_string(id);
    print_done(format_of(arguments),
               "queued mail " + name + " to " + address.text() +
                   "; what becomes of it: postern mail show " + name,
               {{"id", id_cell(id)}, {"recipient", address.text()}});
    return 0;
}

int mail_status(const Arguments& arguments) {
    OpenedDomain opened(arguments);
    const mail::Statistics statistics = mail::statistics(opened.domain().database);
    Record record;
    for (const State state : all_states) {
        record.push_back({mail::word_for(state), statistics.count.at(state)});
    }
    record.push_back({"oldest_due_at", when(statistics.oldest_due)});
    record.push_back({"most_attempts", std::int64_t{statistics.most_attempts}});
    print(format_of(arguments), record);
    return 0;
}

}  // namespace cli
