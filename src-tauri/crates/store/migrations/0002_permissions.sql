-- CACHE: what AWS lets the connection's credentials do, as last found out. Safe to drop.

CREATE TABLE permission (
    operation TEXT    NOT NULL PRIMARY KEY, -- the name in the service model
    outcome   TEXT    NOT NULL CHECK (outcome IN ('allowed', 'denied', 'unknown', 'not-wanted')),
    failure_kind    TEXT,                   -- why, when denied or unknown
    failure_message TEXT,
    failure_request TEXT,
    found_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The last check of the credentials as a whole. At most one row.
CREATE TABLE preflight (
    one             INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    checked_at      INTEGER NOT NULL,
    account         TEXT,                   -- whose the credentials are; absent when AWS did not say
    arn             TEXT,
    failure_kind    TEXT,                   -- why AWS did not say
    failure_message TEXT,
    failure_request TEXT,
    clock_behind_ms INTEGER                 -- AWS's clock minus this machine's; absent: unknown
) STRICT;
