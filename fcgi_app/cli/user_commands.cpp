#include "cli/user_commands.h"

#include <charconv>
#include <set>

#include "accounts/password.h"
#include "accounts/password_reset.h"
#include "accounts/session.h"
#include "base/routes.h"
#include "cli/opened_domain.h"
#include "cli/password_input.h"
#include "cli/report.h"
#include "config/forms.h"

namespace cli {
namespace {

using accounts::Account;
using accounts::Domain;

std::string_view word_for(accounts::AccountState state) {
    return state == accounts::AccountState::locked ? "locked" : "active";
}

Cell name_cell(const Account& account) {
    return account.name ? Cell(*account.name) : Cell(nullptr);
}

Record record_of(const Account& account) {
    return {{"id", id_cell(account.id)},
            {"email", account.email},
            {"name", name_cell(account)},
            {"roles", account.roles},
            {"state", std::string(word_for(account.state))},
            {"created_at", time_cell(account.created_at)}};
}

Refused no_account(const std::string& who) {
    return Refused("there is no account \"" + who + "\"");
}

std::string words_for(accounts::PasswordFlaw flaw, const Domain& domain) {
    using enum accounts::PasswordFlaw;
    switch (flaw) {
        case not_text:
            return "the password is no valid UTF-8 text";
        case too_short:
            return "the password is too short: at least " +
                   std::to_string(domain.settings.password.min_length) +
                   " characters (password.min_length)";
        case too_long:
            return "the password is too long: at most " +
                   std::to_string(accounts::max_password_bytes) + " bytes";
        case too_common:
            return "the password is one of the most common and would be guessed";
        case is_own_address:
            return "the password is the account's own address";
        case is_site_name:
            return "the password is the name of the site";
    }
    return "the password is not allowed";
}

void check_roles(const std::vector<std::string>& roles) {
    for (const std::string& role : roles) {
        if (accounts::is_role(role)) continue;
        throw WrongUse("\"" + role +
                       "\" is no role: a lower-case letter, then letters, digits, _ and -, 32 in "
                       "all at most");
    }
}

std::optional<std::string> parse_person(const std::optional<std::string>& text) {
    if (!text) return std::nullopt;
    const auto name = accounts::parse_name(*text);
    if (!name) {
        throw WrongUse("the name must be one line of at most " +
                       std::to_string(accounts::max_name_characters) + " characters");
    }
    return *name;
}

std::optional<Account> find(Domain& domain, const std::string& who) {
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(who.data(), who.data() + who.size(), id);
    if (error == std::errc() && end == who.data() + who.size()) {
        return accounts::find_account(domain, id);
    }
    const auto address = base::EmailAddress::parse(who);
    return address ? accounts::find_account(domain, *address) : std::nullopt;
}

// The account as it is after a change; another administrator may have deleted it meanwhile.
Account changed(bool found, Domain& domain, const Account& account) {
    const auto now = accounts::find_account(domain, account.id);
    if (!found || !now) throw no_account(account.email);
    return *now;
}

int change_state(const Arguments& arguments, accounts::AccountState state,
                 std::string_view sentence) {
    OpenedDomain opened(arguments);
    Domain& domain = opened.domain();
    const Account before = account_called(domain, arguments.who);
    const bool found = accounts::set_state(domain, before.id, state);
    const Account after = changed(found, domain, before);
    print_done(format_of(arguments), after.email + std::string(sentence), record_of(after));
    return 0;
}

std::string joined(const std::vector<std::string>& roles) {
    std::string text;
    for (const std::string& role : roles) text += (text.empty() ? "" : ", ") + role;
    return text.empty() ? "no roles" : "roles: " + text;
}

}  // namespace

base::EmailAddress parse_address(const std::string& text) {
    auto address = base::EmailAddress::parse(text);
    if (!address) throw WrongUse("\"" + text + "\" is no e-mail address");
    return std::move(*address);
}

Account account_called(Domain& domain, const std::string& who) {
    const auto account = find(domain, who);
    if (!account) throw no_account(who);
    return *account;
}

int user_add(const Arguments& arguments) {
    const base::EmailAddress address = parse_address(arguments.who);
    const auto name = parse_person(arguments.name);
    check_roles(arguments.roles);
    OpenedDomain opened(arguments);
    Domain& domain = opened.domain();
    const Refused taken(address.text() + " has an account already");
    if (accounts::find_account(domain, address)) throw taken;

    const base::Secret password = read_new_password();
    const auto flaw =
        accounts::check_password(password.reveal(), address.text(), domain.settings.password);
    if (flaw) throw Refused(words_for(*flaw, domain));
    const auto [outcome, account] =
        accounts::add_account(domain, address, name, arguments.roles, password.reveal());
    if (outcome == accounts::AddOutcome::address_taken) throw taken;
    print_done(format_of(arguments),
               "added " + account.email + " with id " + std::to_string(account.id) + ", " +
                   joined(account.roles),
               record_of(account));
    return 0;
}

int user_list(const Arguments& arguments) {
    constexpr int page = 500;
    OpenedDomain opened(arguments);
    Listing listing(format_of(arguments), "accounts",
                    {"id", "email", "name", "roles", "state", "created_at"});
    std::string after;
    for (bool more = true; more;) {
        const auto some = accounts::list_accounts(opened.domain(), after, page);
        for (const Account& account : some) {
            listing.add({id_cell(account.id), account.email, name_cell(account), account.roles,
                         std::string(word_for(account.state)), time_cell(account.created_at)});
        }
        more = some.size() == page;
        if (more) after = some.back().email;
    }
    return 0;
}

int user_show(const Arguments& arguments) {
    OpenedDomain opened(arguments);
    const Account account = account_called(opened.domain(), arguments.who);
    Record record = record_of(account);
    const auto sessions = accounts::list_sessions(opened.domain(), account.id);
    record.push_back({"sessions", static_cast<std::int64_t>(sessions.size())});
    print(format_of(arguments), record);
    return 0;
}

int user_lock(const Arguments& arguments) {
    return change_state(arguments, accounts::AccountState::locked,
                        " is locked; its sessions and links have ended");
}

int user_unlock(const Arguments& arguments) {
    return change_state(arguments, accounts::AccountState::active, " may sign in again");
}

int user_role(const Arguments& arguments) {
    if (arguments.roles.empty() && arguments.removed_roles.empty()) {
        throw WrongUse("say --add ROLE or --remove ROLE");
    }
    check_roles(arguments.roles);
    check_roles(arguments.removed_roles);
    OpenedDomain opened(arguments);
    Domain& domain = opened.domain();
    const Account before = account_called(domain, arguments.who);
    std::set<std::string> roles(before.roles.begin(), before.roles.end());
    roles.insert(arguments.roles.begin(), arguments.roles.end());
    for (const std::string& role : arguments.removed_roles) roles.erase(role);
    const bool found = accounts::set_roles(domain, before.id, {roles.begin(), roles.end()});
    const Account after = changed(found, domain, before);
    print_done(format_of(arguments), after.email + " has " + joined(after.roles), record_of(after));
    return 0;
}

int user_delete(const Arguments& arguments) {
    OpenedDomain opened(arguments);
    const Account account = account_called(opened.domain(), arguments.who);
    if (!arguments.yes && !confirm("Delete " + account.email + " with its sessions and links?")) {
        throw Refused("nothing was deleted");
    }
    if (!accounts::delete_account(opened.domain(), account.id)) throw no_account(account.email);
    print_done(format_of(arguments), "deleted " + account.email, record_of(account));
    return 0;
}

int user_reset_link(const Arguments& arguments) {
    OpenedDomain opened(arguments);
    Domain& domain = opened.domain();
    const Account account = account_called(domain, arguments.who);
    if (account.state == accounts::AccountState::locked) {
        throw Refused(account.email + " is locked: a link would be dead; unlock it first");
    }
    const auto token = accounts::make_reset_token(domain, account.id);
    if (!token) throw no_account(account.email);
    const std::string link =
        opened.config().web.addresses.url(base::Route::reset_password_confirm) + "?token=" + *token;
    const base::Seconds life = domain.settings.reset_life;
    const base::Seconds dies = domain.clock.now() + life;
    print_done(format_of(arguments),
               link + "\n\nIt sets a new password for " + account.email + " once, until " +
                   base::rfc3339(dies) + " (" + postern::span_text(life) +
                   " from now). Whoever has it can take the account over.",
               {{"account_id", id_cell(account.id)},
                {"email", account.email},
                {"link", link},
                {"expires_at", time_cell(dies)}});
    return 0;
}

}  // namespace cli
