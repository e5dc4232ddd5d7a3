#include "cli/metrics_page.h"

#include <array>
#include <filesystem>

#include "accounts/session.h"
#include "base/metrics.h"
#include "mail/outbox_admin.h"

namespace cli {
namespace {

constexpr std::int64_t counted_at_most = 100'000;

// 0 when there is none: a WAL comes with the first write.
std::int64_t bytes_of(const std::filesystem::path& file) {
    std::error_code error;
    const auto bytes = std::filesystem::file_size(file, error);
    return error ? 0 : static_cast<std::int64_t>(bytes);
}

}  // namespace

std::string metrics_page(store::Database& database, const base::Clock& clock) {
    const auto mails = mail::backlog(database, clock.now(), counted_at_most);
    const std::array readings{
        base::Reading{"postern_mails_due", "Mails in the queue, up to 100000.", mails.due},
        base::Reading{"postern_mails_shelved", "Mails that were given up, up to 100000.",
                      mails.shelved},
        base::Reading{"postern_mail_overdue_seconds",
                      "For how long the mail that is next could have been sent.", mails.overdue},
        base::Reading{"postern_sessions", "Sessions in the database, up to 100000.",
                      accounts::count_sessions(database, counted_at_most)},
        base::Reading{"postern_database_bytes", "Size of the database.", bytes_of(database.file())},
        base::Reading{"postern_wal_bytes", "Size of the database's write-ahead log.",
                      bytes_of(database.file().string() + "-wal")},
    };
    return base::metrics_text(readings);
}

}  // namespace cli
