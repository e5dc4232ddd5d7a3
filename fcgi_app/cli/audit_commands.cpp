#include "cli/audit_commands.h"

#include <charconv>
#include <cstring>

#include "accounts/audit.h"
#include "base/secret.h"
#include "cli/opened_domain.h"
#include "cli/report.h"

namespace cli {
namespace {

constexpr int rows_a_read = 1'000;

// "17:<base64url of the hash>", as the log's lines audit_head have it.
std::optional<accounts::AuditHead> anchor_in(const std::string& text) {
    if (text.empty()) return std::nullopt;
    accounts::AuditHead anchor;
    const auto colon = std::min(text.find(':'), text.size());
    const auto parsed = std::from_chars(text.data(), text.data() + colon, anchor.id);
    const auto bytes =
        base::from_base64url(std::string_view(text).substr(std::min(colon + 1, text.size())));
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + colon || !bytes ||
        bytes->size() != anchor.hash.size()) {
        throw WrongUse("an anchor is ID:HASH, as a line audit_head of the log has them");
    }
    std::memcpy(anchor.hash.data(), bytes->data(), bytes->size());
    return anchor;
}

std::string verdict_in_words(const accounts::AuditVerdict& verdict) {
    if (verdict.broken_at) {
        return "the chain is broken at event " + std::to_string(*verdict.broken_at);
    }
    if (!verdict.anchor_holds) return "the event of the anchor is not there, or is another";
    return std::to_string(verdict.checked) + " events, one chain";
}

}  // namespace

int audit_verify(const Arguments& arguments) {
    const auto anchor = anchor_in(arguments.anchor);
    OpenedDomain opened(arguments);
    const auto verdict = accounts::verify_audit(opened.domain().database, anchor);
    const bool good = !verdict.broken_at && verdict.anchor_holds;
    print_done(format_of(arguments), verdict_in_words(verdict),
               {{"good", good},
                {"checked", verdict.checked},
                {"broken_at", verdict.broken_at ? id_cell(*verdict.broken_at) : Cell()},
                {"anchor_holds", verdict.anchor_holds},
                {"head", std::to_string(verdict.head.id) + ":" +
                             base::base64url(base::bytes_of(verdict.head.hash))}});
    return good ? 0 : 1;
}

int audit_export(const Arguments& arguments) {
    OpenedDomain opened(arguments);
    Listing listing(
        format_of(arguments), "events",
        {"id", "happened_at", "event", "outcome", "actor", "account", "client", "hash"});
    std::int64_t last = 0;
    for (bool more = true; more;) {
        const auto rows = accounts::list_events_after(opened.domain().database, last, rows_a_read);
        more = rows.size() == rows_a_read;
        for (const accounts::AuditRow& row : rows) {
            listing.add({id_cell(row.id), time_cell(row.happened_at), row.event, row.outcome,
                         row.actor, row.account_id ? id_cell(*row.account_id) : Cell(), row.client,
                         base::base64url(base::bytes_of(row.hash))});
            last = row.id;
        }
    }
    return 0;
}

}  // namespace cli
