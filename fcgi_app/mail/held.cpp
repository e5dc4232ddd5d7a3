#include "mail/held.h"

#include <utility>

#include "sql.h"

namespace mail {

std::vector<Held> held_mails(store::Database& database, const Messages& messages) {
    std::vector<Held> mails;
    store::Rows rows = database.read(sql::outbox::held, held_shown);
    while (rows.next()) {
        const auto kind = kind_of(rows.text(1));
        const auto recipient = base::EmailAddress::parse(rows.text(2));
        if (!kind || !recipient) continue;
        Content content = messages.content(*kind, rows.integer(3), rows.integer(5));
        mails.push_back(Held{.id = rows.integer(0),
                             .created_at = rows.integer(4),
                             .recipient = recipient->text(),
                             .subject = std::move(content.subject),
                             .text = std::move(content.text),
                             .link = std::move(content.link)});
    }
    return mails;
}

}  // namespace mail
