-- Times are whole seconds since 1970-01-01T00:00:00Z. Ids are random positive 62-bit numbers unless said otherwise.

CREATE TABLE account (
    id            INTEGER PRIMARY KEY,
    email         TEXT    NOT NULL UNIQUE,  -- canonical, see base/email_address.h
    name          TEXT,
    password_hash TEXT    NOT NULL,
    roles         TEXT    NOT NULL DEFAULT '',  -- sorted words, one space between
    state         TEXT    NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'locked')),
    created_at    INTEGER NOT NULL
) STRICT;

-- A registration that is not proven yet. A decoy stands for an address that has an account already:
-- it looks and costs the same, and nothing proves it.
CREATE TABLE claim (
    id           INTEGER PRIMARY KEY,
    email        TEXT    NOT NULL,
    name         TEXT,
    browser_hash BLOB    NOT NULL UNIQUE,  -- SHA-256 of the cookie postern-claim
    is_decoy     INTEGER NOT NULL CHECK (is_decoy IN (0, 1)),
    wrong_codes  INTEGER NOT NULL DEFAULT 0,
    created_at   INTEGER NOT NULL,
    mailed_at    INTEGER NOT NULL,  -- when its mail was last queued, for the cool-down of resend
    expires_at   INTEGER NOT NULL,
    used_at      INTEGER
) STRICT;
CREATE INDEX claim_email ON claim (email);
CREATE INDEX claim_expires_at ON claim (expires_at);

-- A one-time link. No account: a decoy for an address that has none.
CREATE TABLE token (
    id         INTEGER PRIMARY KEY,
    purpose    TEXT    NOT NULL CHECK (purpose IN ('reset-password')),
    account_id INTEGER REFERENCES account (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER  -- when it was used or killed
) STRICT;
CREATE INDEX token_account_id ON token (account_id);
CREATE INDEX token_expires_at ON token (expires_at);

CREATE TABLE session (
    key          BLOB    NOT NULL PRIMARY KEY,  -- SHA-256 of the cookie's bytes
    account_id   INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    created_at   INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,  -- within five minutes
    idle         INTEGER NOT NULL,  -- seconds without use after which it is dead
    ends_at      INTEGER NOT NULL,  -- when it is dead however much it is used
    remembered   INTEGER NOT NULL CHECK (remembered IN (0, 1)),
    client       TEXT    NOT NULL,
    agent        TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_account_id ON session (account_id);

-- Ids ascend: order of arrival. next_attempt_at is schedule, back-off and lease in one
-- (fcgi_app/mail/outbox.h has the rules).
CREATE TABLE outbox (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    kind            TEXT    NOT NULL,
    recipient       TEXT    NOT NULL,
    subject_id      INTEGER NOT NULL,  -- the claim or token that its link signs, 0 without a link
    message_id      TEXT    NOT NULL UNIQUE,
    state           TEXT    NOT NULL DEFAULT 'due'
                    CHECK (state IN ('due', 'accepted', 'shelved', 'expired', 'discarded')),
    attempts        INTEGER NOT NULL DEFAULT 0,
    unanswered      INTEGER NOT NULL DEFAULT 0,  -- attempts in a row that ended without a result
    next_attempt_at INTEGER NOT NULL,
    lease           INTEGER NOT NULL DEFAULT 0,
    created_at      INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,  -- when its link dies
    finished_at     INTEGER,           -- when it left the state 'due'
    last_reply      TEXT               -- what the relay said, or what failed
) STRICT;
CREATE INDEX outbox_due ON outbox (next_attempt_at) WHERE state = 'due';
CREATE INDEX outbox_fresh ON outbox (id) WHERE state = 'due' AND attempts = 0;
CREATE INDEX outbox_expires_at ON outbox (expires_at) WHERE state = 'due';
CREATE INDEX outbox_subject ON outbox (subject_id);
CREATE INDEX outbox_finished ON outbox (finished_at) WHERE finished_at IS NOT NULL;
