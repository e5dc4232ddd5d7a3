-- What happened to accounts, each security event once, in order; never changed. Each row's hash is
-- over its content and the hash of the row before (fcgi_app/accounts/audit.h).
CREATE TABLE audit (
    id          INTEGER PRIMARY KEY,  -- 1, 2, 3, … without gaps
    happened_at INTEGER NOT NULL,
    event       TEXT    NOT NULL,
    outcome     TEXT    NOT NULL CHECK (outcome IN ('done', 'refused')),
    actor       TEXT    NOT NULL CHECK (actor IN ('visitor', 'operator')),
    account_id  INTEGER,              -- no reference: the trail outlives the account
    client      TEXT    NOT NULL,     -- network address; empty for an operator
    hash        BLOB    NOT NULL
) STRICT;
CREATE INDEX audit_account_id ON audit (account_id, id) WHERE account_id IS NOT NULL;
