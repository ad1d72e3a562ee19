-- CACHE: offers that agreements were made from. Safe to drop.

CREATE TABLE offer (
    id        TEXT    NOT NULL PRIMARY KEY,
    name      TEXT,
    private   INTEGER NOT NULL CHECK (private IN (0, 1)),
    synced_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------------------------------------
-- LEDGER: what the vendor and this program did. Never dropped.

-- What a link is besides: whose it is, by which policy, for whom, and by which plan of ours.
ALTER TABLE link ADD COLUMN account TEXT;      -- the buyer's AWS account; absent: look it up
ALTER TABLE link ADD COLUMN policy  TEXT;      -- absent where the vendor's system of record tells it
ALTER TABLE link ADD COLUMN plan    TEXT;
ALTER TABLE link ADD COLUMN member  TEXT;      -- the person for whom it was made
ALTER TABLE link ADD COLUMN reason  TEXT;      -- why it stands where it stands, in words
UPDATE link SET account = (SELECT buyer FROM agreement WHERE agreement.id = link.agreement);
CREATE INDEX link_account ON link (account) WHERE current = 1;
CREATE INDEX link_waiting ON link (state) WHERE current = 1 AND state IN ('awaiting-aws', 'awaiting-verification');

-- Workspaces that are bound with a link's billing account now.
CREATE TABLE link_workspace (
    chain     TEXT    NOT NULL,
    workspace TEXT    NOT NULL,
    since     INTEGER NOT NULL,
    PRIMARY KEY (chain, workspace)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_workspace_workspace ON link_workspace (workspace);

-- What a live link keeps others from: its license, and as the policy counts, its account and target
-- within the policy's group. Two executions that would break a cardinality meet here.
CREATE TABLE link_claim (
    key   TEXT NOT NULL PRIMARY KEY,
    chain TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX link_claim_chain ON link_claim (chain);

-- Plans: what was to be done, as it was shown, and what became of it.
CREATE TABLE plan (
    id        TEXT    NOT NULL PRIMARY KEY,
    kind      TEXT    NOT NULL,                -- link, unlink, …
    agreement TEXT,
    document  TEXT    NOT NULL,                -- the plan as JSON (app::plan)
    made_at   INTEGER NOT NULL,
    made_by   TEXT    NOT NULL,
    state     TEXT    NOT NULL CHECK (state IN ('open', 'waiting', 'done', 'failed', 'withdrawn')),
    state_at  INTEGER NOT NULL,
    outcome   TEXT                             -- what became of it, as JSON; absent while open
) STRICT, WITHOUT ROWID;
CREATE INDEX plan_agreement ON plan (agreement, made_at);
CREATE INDEX plan_open ON plan (state) WHERE state IN ('open', 'waiting');

-- What AWS answered to a registration token. The token itself is never kept.
CREATE TABLE registration (
    token_hash  BLOB    NOT NULL PRIMARY KEY,  -- SHA-256
    account     TEXT    NOT NULL,
    product_code TEXT   NOT NULL,
    agreement   TEXT,                          -- absent on products that predate concurrent agreements
    license     TEXT,
    customer    TEXT,                          -- CustomerIdentifier, on legacy products
    resolved_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Codes sent by e-mail, per plan and address. The code itself is never kept.
CREATE TABLE verification (
    plan        TEXT    NOT NULL,
    address     TEXT    NOT NULL COLLATE NOCASE,
    salt        BLOB    NOT NULL,
    code_hash   BLOB    NOT NULL,
    sent_at     INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    sends       INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    verified_at INTEGER,
    PRIMARY KEY (plan, address)
) STRICT, WITHOUT ROWID;

-- What we changed of the directory, so that a value of ours never passes for the vendor's.
CREATE TABLE directory_change (
    id        INTEGER PRIMARY KEY,
    kind      TEXT    NOT NULL,                -- organization, workspace, …
    key       TEXT    NOT NULL,
    attribute TEXT,                            -- absent where the thing was made or deleted
    before    TEXT,
    after     TEXT,
    at        INTEGER NOT NULL,
    plan      TEXT,
    chain     TEXT
) STRICT;
CREATE INDEX directory_change_of ON directory_change (kind, key, attribute);
CREATE INDEX directory_change_chain ON directory_change (chain);

-- Everything that was done, refused or taken in. Only ever appended to; each entry's hash is keyed and
-- covers the one before.
CREATE TABLE audit (
    seq       INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    user      TEXT    NOT NULL,                -- of the operating system
    identity  TEXT,                            -- ARN of the AWS credentials
    action    TEXT    NOT NULL,
    phase     TEXT    NOT NULL CHECK (phase IN ('opened', 'closed', 'noted')),
    opened    INTEGER,                         -- the entry that this one closes
    outcome   TEXT,                            -- done, failed, unknown, refused; absent while open
    plan      TEXT,
    agreement TEXT,
    target    TEXT,                            -- kind:id in the directory
    request   TEXT,                            -- AWS's request id
    detail    TEXT    NOT NULL,                -- JSON
    hash      BLOB    NOT NULL
) STRICT;
CREATE INDEX audit_agreement ON audit (agreement);
CREATE INDEX audit_target ON audit (target);
CREATE INDEX audit_plan ON audit (plan);
CREATE UNIQUE INDEX audit_closes ON audit (opened) WHERE opened IS NOT NULL;
CREATE INDEX audit_opened ON audit (seq) WHERE phase = 'opened';

-- Where the audit ends, keyed like its entries: what is cut off at the end is missed. At most one row.
CREATE TABLE audit_end (
    one  INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    seq  INTEGER NOT NULL,
    hash BLOB    NOT NULL
) STRICT;

-- Up to which change of agreements links have been ended with them; absent: none was looked at. Cache.
ALTER TABLE sync ADD COLUMN ended_change INTEGER;

-- Workspaces that links bind were not taken in by the format before: the next sync takes the
-- directory in anew.
UPDATE sync SET directory_at = NULL;

-- A person is looked for in every organization.
CREATE INDEX member_email ON member (email);

-- What ending does later, until then counted down: a deletion after a grace period, for example. What is
-- done stays here, so that nothing is done twice.
CREATE TABLE due_effect (
    id          INTEGER PRIMARY KEY,
    chain       TEXT    NOT NULL,              -- whose link ended
    target_kind TEXT    NOT NULL,
    target_id   TEXT    NOT NULL,
    policy      TEXT    NOT NULL,
    kind        TEXT    NOT NULL,              -- set, stop, delete, lock
    what        TEXT    NOT NULL,              -- deployment, …
    thing       TEXT    NOT NULL,              -- the vendor's id of it
    name        TEXT,
    attribute   TEXT,
    after       TEXT,
    says        TEXT    NOT NULL,
    covers      TEXT    NOT NULL,
    relinking_calls_off INTEGER NOT NULL CHECK (relinking_calls_off IN (0, 1)),
    since       INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('due', 'done', 'called-off', 'void')),
    state_at    INTEGER NOT NULL,
    reason      TEXT,
    plan        TEXT
) STRICT;
CREATE INDEX due_effect_due ON due_effect (due_at) WHERE state = 'due';
CREATE INDEX due_effect_chain ON due_effect (chain);
CREATE INDEX due_effect_target ON due_effect (target_kind, target_id);
CREATE INDEX link_ending ON link (chain) WHERE current = 1 AND state = 'ending';

-- Targets are suggested by the buyer's e-mail domain.
CREATE INDEX member_domain ON member (lower(substr(email, instr(email, '@') + 1)));
CREATE INDEX billing_account_domain ON billing_account (lower(substr(email, instr(email, '@') + 1)));

-- Usage that was sent to be billed, by what AWS counts it by: nothing is sent twice.
CREATE TABLE usage_record (
    holder    TEXT    NOT NULL,                -- the license's l-… part, or a legacy product's code
    account   TEXT    NOT NULL,
    dimension TEXT    NOT NULL,
    hour      INTEGER NOT NULL,
    quantity  INTEGER NOT NULL,                -- in millionths
    state     TEXT    NOT NULL CHECK (state IN ('sending', 'sent', 'refused', 'unknown')),
    state_at  INTEGER NOT NULL,
    record_id TEXT,                            -- AWS's MeteringRecordId
    status    TEXT,                            -- AWS's word, such as DuplicateRecord
    PRIMARY KEY (holder, account, dimension, hour)
) STRICT, WITHOUT ROWID;
