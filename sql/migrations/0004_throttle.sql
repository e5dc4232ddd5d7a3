-- Failed proofs of a password, by what they have in common (fcgi_app/accounts/throttle.h).
CREATE TABLE throttle (
    key      BLOB    NOT NULL PRIMARY KEY,  -- SHA-256 of what is counted; no address stands here
    empty_ms INTEGER NOT NULL               -- when all its failures are forgiven; milliseconds since 1970
) STRICT, WITHOUT ROWID;
CREATE INDEX throttle_empty_ms ON throttle (empty_ms);

-- The networks from which an account was opened.
CREATE TABLE place (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    network    TEXT    NOT NULL,  -- "203.0.113.0/24"
    seen_at    INTEGER NOT NULL,  -- the last time
    PRIMARY KEY (account_id, network)
) STRICT, WITHOUT ROWID;
CREATE INDEX place_seen_at ON place (seen_at);
