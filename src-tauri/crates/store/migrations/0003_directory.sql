-- LEDGER: the vendor's directory, mirrored from its system of record. Never dropped: of a seller
-- account's vendor it may come from an imported file alone.
--
-- Every row says who told it (source) and when (as_of), and holds all that was told then: NULL means
-- that it was not told. An empty text means that there is none, where that is worth knowing.

CREATE TABLE billing_account (
    user_name  TEXT    NOT NULL PRIMARY KEY,
    email      TEXT,
    company    TEXT,
    country    TEXT,
    created_at INTEGER,
    source     TEXT    NOT NULL,
    as_of      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE organization (
    id                    TEXT    NOT NULL PRIMARY KEY,
    name                  TEXT    NOT NULL,
    plan                  TEXT,
    payment_method        TEXT,
    payment_reference     TEXT,              -- empty: none
    credit_micros         INTEGER,
    credit_currency       TEXT,
    authentication_method TEXT,
    open_invoices         INTEGER CHECK (open_invoices >= 0),
    billing_account       TEXT,              -- empty: none
    created_at            INTEGER,
    source                TEXT    NOT NULL,
    as_of                 INTEGER NOT NULL,
    CHECK ((credit_micros IS NULL) = (credit_currency IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE member (
    organization          TEXT    NOT NULL,
    email                 TEXT    NOT NULL COLLATE NOCASE,
    name                  TEXT,
    role                  TEXT,
    verified              INTEGER CHECK (verified IN (0, 1)),
    authentication_method TEXT,
    company               TEXT,
    country               TEXT,
    usage                 TEXT,
    phone                 TEXT,              -- empty: none
    source                TEXT    NOT NULL,
    as_of                 INTEGER NOT NULL,
    PRIMARY KEY (organization, email)
) STRICT, WITHOUT ROWID;

CREATE TABLE workspace (
    id              TEXT    NOT NULL PRIMARY KEY,
    organization    TEXT,
    billing_account TEXT,
    name            TEXT,
    site            TEXT,
    language        TEXT,
    state           TEXT,
    settlement      TEXT,
    source          TEXT    NOT NULL,
    as_of           INTEGER NOT NULL,
    CHECK (organization IS NOT NULL OR billing_account IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX workspace_organization ON workspace (organization) WHERE organization IS NOT NULL;
CREATE INDEX workspace_billing_account ON workspace (billing_account) WHERE billing_account IS NOT NULL;

CREATE TABLE deployment (
    id            TEXT    NOT NULL PRIMARY KEY,
    organization  TEXT    NOT NULL,
    name          TEXT,
    state         TEXT,
    trial         INTEGER CHECK (trial IN (0, 1)),
    trial_ends_at INTEGER,
    source        TEXT    NOT NULL,
    as_of         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX deployment_organization ON deployment (organization);

CREATE INDEX link_target ON link (target_kind, target_id);

-- Files from before this format took links in, and no more: the next sync takes the directory in.
UPDATE sync SET directory_at = NULL;
