// The store's own statements, numbered after those of sql/queries/. Only for store/ and its tests.
#pragma once

#include "sql.h"
#include "store/query.h"

namespace store::statements {

inline constexpr std::size_t first = sql::all.size();
inline constexpr Query begin{"store.begin", "BEGIN IMMEDIATE", first};
inline constexpr Query commit{"store.commit", "COMMIT", first + 1};
inline constexpr Query rollback{"store.rollback", "ROLLBACK", first + 2};
inline constexpr Query data_version{"store.data_version", "PRAGMA data_version", first + 3};
inline constexpr Query journal_mode{"store.journal_mode", "PRAGMA journal_mode", first + 4};
inline constexpr Query use_wal{"store.use_wal", "PRAGMA journal_mode = WAL", first + 5};
inline constexpr Query schema{"store.schema", "PRAGMA user_version", first + 6};
inline constexpr Query broken_keys{"store.broken_keys", "PRAGMA foreign_key_check", first + 7};
// Of one part of a transaction that others share; see writer.h.
inline constexpr Query save{"store.save", "SAVEPOINT part", first + 8};
inline constexpr Query undo{"store.undo", "ROLLBACK TO part", first + 9};
inline constexpr Query release{"store.release", "RELEASE part", first + 10};
// Locks nothing yet; the first read does.
inline constexpr Query begin_view{"store.begin_view", "BEGIN", first + 11};
inline constexpr std::size_t first_free = first + 12;

}  // namespace store::statements
