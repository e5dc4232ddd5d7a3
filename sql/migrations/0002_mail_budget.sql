-- How much mail the public forms have asked for lately: for an address, from a client network, in all.
-- A count runs for an hour from its first mail (fcgi_app/accounts/mail_budget.h has the rules).
CREATE TABLE mail_budget (
    scope    TEXT    NOT NULL CHECK (scope IN ('address', 'network', 'all')),
    key      TEXT    NOT NULL,  -- the address, the network, ''
    mails    INTEGER NOT NULL,
    began_at INTEGER NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
