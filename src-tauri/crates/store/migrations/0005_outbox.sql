-- LEDGER: plans of every kind wait for the network, and come back when something changed meanwhile.

CREATE TABLE plan_anew (
    id        TEXT    NOT NULL PRIMARY KEY,
    kind      TEXT    NOT NULL,                -- link, unlink, cancel, …
    agreement TEXT,
    document  TEXT    NOT NULL,                -- the plan as JSON (app::plan)
    made_at   INTEGER NOT NULL,
    made_by   TEXT    NOT NULL,
    state     TEXT    NOT NULL CHECK (state IN ('open', 'waiting', 'sent', 'returned', 'done', 'failed', 'withdrawn')),
    state_at  INTEGER NOT NULL,
    outcome   TEXT                             -- what became of it, as JSON; absent while open
) STRICT, WITHOUT ROWID;
INSERT INTO plan_anew SELECT * FROM plan;
-- Only plans of links could wait: one to cancel that did was sent, and its answer was not known.
UPDATE plan_anew SET state = 'sent' WHERE kind = 'cancel' AND state = 'waiting';
DROP TABLE plan;
ALTER TABLE plan_anew RENAME TO plan;
CREATE INDEX plan_agreement ON plan (agreement, made_at);
CREATE INDEX plan_open ON plan (state) WHERE state IN ('open', 'waiting', 'sent', 'returned');

-- LEDGER: what a thing was left as, so that nothing is deleted that is not so any more.
ALTER TABLE due_effect ADD COLUMN before TEXT;

-- CACHE: what else a buyer holds.
CREATE INDEX agreement_buyer ON agreement (buyer);
