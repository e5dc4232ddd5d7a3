#include "cli/session_commands.h"

#include "accounts/session.h"
#include "cli/opened_domain.h"
#include "cli/report.h"
#include "cli/user_commands.h"

namespace cli {
namespace {

std::int64_t end_sessions(const Arguments& arguments, accounts::Domain& domain,
                          const accounts::Account& account) {
    if (arguments.all) return accounts::end_all_sessions(domain, account.id);
    if (accounts::end_session(domain, account.id, arguments.session)) return 1;
    throw Refused(account.email + " has no session \"" + arguments.session + "\"");
}

}  // namespace

int session_list(const Arguments& arguments) {
    OpenedDomain opened(arguments);
    const auto account = account_called(opened.domain(), arguments.who);
    Listing listing(
        format_of(arguments), "sessions",
        {"id", "created_at", "last_seen_at", "expires_at", "remembered", "client", "agent"});
    for (const auto& session : accounts::list_sessions(opened.domain(), account.id)) {
        listing.add({accounts::public_id(session), time_cell(session.created_at),
                     time_cell(session.last_seen_at), time_cell(session.expires_at),
                     session.remembered, session.client, session.agent});
    }
    return 0;
}

int session_end(const Arguments& arguments) {
    if (arguments.all == !arguments.session.empty()) {
        throw WrongUse("say which session, or --all");
    }
    OpenedDomain opened(arguments);
    const auto account = account_called(opened.domain(), arguments.who);
    const std::int64_t ended = end_sessions(arguments, opened.domain(), account);
    print_done(format_of(arguments),
               "ended " + std::to_string(ended) + (ended == 1 ? " session of " : " sessions of ") +
                   account.email,
               {{"ended", ended}});
    return 0;
}

}  // namespace cli
