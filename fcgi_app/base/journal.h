// The journal's own protocol (https://systemd.io/JOURNAL_NATIVE_PROTOCOL): one datagram an event,
// in which each field has a name that journalctl finds it by.
//
// A line on standard error, the usual way, carries no fields, and its socket is shared with
// whatever else the process starts. Any thread; nothing here waits.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string_view>

#include "base/log.h"

namespace base {

inline constexpr std::string_view journal_socket = "/run/systemd/journal/socket";

// From now on events go to that socket while standard error is the journal: while $JOURNAL_STREAM
// names what descriptor 2 is. Once, before there are threads. Changes nothing when that fails.
void open_journal(const std::filesystem::path& socket) noexcept;

enum class Sent : std::uint8_t {
    yes,
    dropped,        // the journal does not keep up
    not_a_journal,  // standard error is something else, or nobody reads the socket
};

// MESSAGE is the line, PRIORITY the level, EVENT the word, MESSAGE_ID the first 128 bits of the
// word's SHA-256, and each field has its name in capitals. Bytes that are not printable ASCII
// become \xNN, so that no value can end its field and begin another. Fields that do not fit are
// left out.
[[nodiscard]] Sent send_to_journal(Level level, std::string_view event,
                                   std::initializer_list<Field> fields,
                                   std::string_view line) noexcept;

}  // namespace base
