-- Times are Unix milliseconds, UTC. Money is a whole number of millionths with its currency.

-- ---------------------------------------------------------------------------------------------
-- CACHE: what AWS last told us. Safe to drop: the next sync refills it.

CREATE TABLE listing (
    product_id TEXT    NOT NULL PRIMARY KEY,
    code       TEXT,
    title      TEXT    NOT NULL,
    visibility TEXT,
    pricing    TEXT    NOT NULL CHECK (pricing IN ('usage', 'contract', 'contract-with-usage', 'unknown')),
    modified   TEXT,                     -- AWS's LastModifiedDate, compared for equality only
    synced_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE agreement (
    row         INTEGER PRIMARY KEY,     -- the row's place in the search index
    id          TEXT    NOT NULL UNIQUE,
    status      TEXT    NOT NULL,        -- as AWS writes it; may be newer than this program
    buyer       TEXT    NOT NULL,
    product     TEXT,
    offer       TEXT,
    initial     TEXT,                    -- first of the chain, when that is another one
    accepted_at INTEGER,
    starts_at   INTEGER,
    ends_at     INTEGER,                 -- absent: open-ended
    updated_at  INTEGER NOT NULL,
    end_kind    TEXT,
    end_reason  TEXT,
    licenses    TEXT    NOT NULL,        -- ARNs, separated by spaces
    listing_run INTEGER NOT NULL,        -- the full listing that saw it last
    synced_at   INTEGER NOT NULL,        -- when AWS last listed it

    details_at    INTEGER,               -- when the details came; absent: never
    details_of    INTEGER,               -- the updated_at that they belong to
    value_micros  INTEGER,
    currency      TEXT,
    trial_ends_at INTEGER,
    first_name    TEXT,
    last_name     TEXT,
    email         TEXT,
    company       TEXT,
    country       TEXT,
    failure_kind    TEXT,                -- why the last attempt at the details failed
    failure_message TEXT,
    failure_request TEXT,

    change      INTEGER NOT NULL         -- the write that last touched what the index holds
) STRICT;
CREATE INDEX agreement_updated ON agreement (updated_at);
CREATE INDEX agreement_change ON agreement (change);
CREATE INDEX agreement_initial ON agreement (initial) WHERE initial IS NOT NULL;
CREATE INDEX agreement_without_details ON agreement (updated_at, row)
    WHERE details_of IS NULL OR details_of < updated_at;

-- Rows that a complete listing no longer held, so that an index elsewhere can drop them too.
CREATE TABLE agreement_removed (
    row    INTEGER NOT NULL,
    change INTEGER NOT NULL
) STRICT;
CREATE INDEX agreement_removed_change ON agreement_removed (change);

CREATE TABLE provisioning (
    agreement INTEGER NOT NULL REFERENCES agreement (row) ON DELETE CASCADE,
    position  INTEGER NOT NULL,
    license   TEXT,
    status    TEXT    NOT NULL,
    reason    TEXT,
    PRIMARY KEY (agreement, position)
) STRICT, WITHOUT ROWID;

-- Licenses that AWS is still to grant: looked at again with every sync.
CREATE INDEX provisioning_unsettled ON provisioning (agreement) WHERE status IN ('PENDING', 'SCHEDULED');

CREATE TABLE term (
    agreement INTEGER NOT NULL REFERENCES agreement (row) ON DELETE CASCADE,
    position  INTEGER NOT NULL,
    kind      TEXT    NOT NULL,
    json      TEXT    NOT NULL,
    PRIMARY KEY (agreement, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE entitlement (
    product_code TEXT    NOT NULL,
    holder       TEXT    NOT NULL,       -- the license's l-… part, else the account, else the customer
    dimension    TEXT    NOT NULL,
    value_kind   TEXT    NOT NULL CHECK (value_kind IN ('integer', 'double', 'boolean', 'text', 'unknown')),
    value        TEXT    NOT NULL,
    expires_at   INTEGER,
    license      TEXT,
    account      TEXT,
    customer     TEXT,
    listing_run  INTEGER NOT NULL,
    synced_at    INTEGER NOT NULL,
    PRIMARY KEY (product_code, holder, dimension)
) STRICT, WITHOUT ROWID;
CREATE INDEX entitlement_holder ON entitlement (holder);

CREATE TABLE cancellation (
    id         TEXT    NOT NULL PRIMARY KEY,
    agreement  TEXT    NOT NULL,
    status     TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    synced_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cancellation_agreement ON cancellation (agreement);

-- How far the listings got. One row.
CREATE TABLE sync (
    one             INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    listing_run     INTEGER NOT NULL,    -- number of the running or last full listing
    full_started_at INTEGER,             -- set while a full listing is unfinished
    full_cursor     INTEGER,             -- the updated_at that it got to
    watermark       INTEGER,             -- all updates up to here are in the cache
    listed_at       INTEGER,             -- when that was last so
    failure_at      INTEGER,             -- set while the newest listing broke off
    failure_kind    TEXT,
    failure_message TEXT,
    failure_request TEXT,
    cancellations_at INTEGER,            -- when all open cancellation requests were listed
    directory_at    INTEGER,             -- when the vendor's directory was taken in as a whole
    clock_offset    INTEGER NOT NULL     -- the connection's clock minus this machine's
) STRICT;
INSERT INTO sync (one, listing_run, clock_offset) VALUES (1, 0, 0);

-- Where an unfinished full listing of entitlements stands, per product.
CREATE TABLE entitlement_listing (
    product_code TEXT    NOT NULL PRIMARY KEY,
    listing_run  INTEGER NOT NULL,
    next_token   TEXT,                   -- absent with done = 0: at the start
    done         INTEGER NOT NULL CHECK (done IN (0, 1))
) STRICT, WITHOUT ROWID;

-- Rises with every write that the index must follow. One row.
CREATE TABLE change_counter (
    one   INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    value INTEGER NOT NULL
) STRICT;
INSERT INTO change_counter VALUES (1, 0);

-- ---------------------------------------------------------------------------------------------
-- LEDGER: what the vendor and this program did. Never dropped.

CREATE TABLE link (
    id          INTEGER PRIMARY KEY,
    agreement   TEXT    NOT NULL,
    chain       TEXT    NOT NULL,        -- the chain's first agreement: a link follows renewals
    license     TEXT,
    target_kind TEXT    NOT NULL CHECK (target_kind IN ('organization', 'billing-account')),
    target_id   TEXT    NOT NULL,
    target_name TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN
        ('awaiting-verification', 'awaiting-aws', 'active', 'ending', 'ended', 'refused')),
    since       INTEGER NOT NULL,
    source      TEXT    NOT NULL,
    current     INTEGER NOT NULL CHECK (current IN (0, 1))
) STRICT;
-- The newest link of a chain is its current one; older ones are history.
CREATE UNIQUE INDEX link_current ON link (chain) WHERE current = 1;
CREATE INDEX link_agreement ON link (agreement);
