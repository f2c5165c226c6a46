-- A published result that is corrected is shown again under a new notice; the machine allows it as a step to itself.
INSERT INTO allowed_transition (machine, from_state, to_state) VALUES ('publication', 'provisional', 'provisional');

-- A correction of a mark on a closed sheet: asked for by one person, made by another. `base_rev` is the revision it replaces: once
-- there is another, nothing comes of it.
CREATE TABLE mark_correction (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    season_id  uuid NOT NULL,
    item_id    uuid NOT NULL,
    sheet_id   uuid NOT NULL REFERENCES sheet (id),
    criterion  text NOT NULL,
    base_rev   integer NOT NULL CHECK (base_rev >= 0),
    state      text NOT NULL CONSTRAINT correction_state_known CHECK (state IN ('scored', 'not_attempted')),
    value      numeric CONSTRAINT correction_value_finite CHECK (value NOT IN ('NaN', 'Infinity', '-Infinity')),
    reason     text NOT NULL CHECK (length(btrim(reason)) >= 2),
    -- What readers of a published result are told.
    note       text CHECK (length(btrim(note)) >= 2),
    by_account uuid NOT NULL REFERENCES account (id),
    -- One of the two is the chief judge.
    by_chief   boolean NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT correction_of_item FOREIGN KEY (season_id, item_id) REFERENCES item (season_id, id),
    CONSTRAINT correction_value_iff_scored CHECK ((state = 'scored') = (value IS NOT NULL)),
    CONSTRAINT correction_asked_by UNIQUE (id, by_account)
);
CREATE INDEX mark_correction_item ON mark_correction (item_id, at);
CREATE INDEX mark_correction_sheet ON mark_correction (sheet_id);
SELECT make_append_only('mark_correction');
GRANT SELECT, INSERT ON mark_correction TO shibaiqian_app;

CREATE TABLE correction_outcome (
    correction_id uuid PRIMARY KEY,
    asked_by   uuid NOT NULL,
    outcome    text NOT NULL CONSTRAINT correction_outcome_known CHECK (outcome IN ('made', 'refused')),
    -- Ranks, places and awards that moved by it.
    moved      jsonb,
    reason     text,
    by_account uuid NOT NULL REFERENCES account (id),
    at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT correction_outcome_of FOREIGN KEY (correction_id, asked_by) REFERENCES mark_correction (id, by_account),
    CONSTRAINT correction_needs_two CHECK (outcome = 'refused' OR by_account <> asked_by)
);
SELECT make_append_only('correction_outcome');
GRANT SELECT, INSERT ON correction_outcome TO shibaiqian_app;

-- Which results are checked once more: all at the top, a drawn part of the rest, and all of them after too many errors.
CREATE TABLE recheck (
    id         uuid PRIMARY KEY DEFAULT uuidv7(),
    season_id  uuid NOT NULL,
    item_id    uuid NOT NULL,
    number     smallint NOT NULL CHECK (number >= 1),
    snapshot   integer NOT NULL,
    rule       jsonb NOT NULL,
    algorithm  text NOT NULL,
    seed       bytea NOT NULL CHECK (length(seed) >= 16),
    by_account uuid NOT NULL REFERENCES account (id),
    at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT recheck_number_once UNIQUE (item_id, number),
    CONSTRAINT recheck_of_snapshot FOREIGN KEY (season_id, item_id, snapshot)
        REFERENCES standings_snapshot (season_id, item_id, number)
);
SELECT make_append_only('recheck');
GRANT SELECT, INSERT ON recheck TO shibaiqian_app;

CREATE TABLE recheck_entry (
    recheck_id uuid NOT NULL REFERENCES recheck (id),
    entry_id   uuid NOT NULL REFERENCES entry (id),
    because    text NOT NULL CONSTRAINT recheck_because_known CHECK (because IN ('top', 'drawn', 'all')),
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (recheck_id, entry_id)
);
SELECT make_append_only('recheck_entry');
GRANT SELECT, INSERT ON recheck_entry TO shibaiqian_app;

CREATE TABLE recheck_result (
    recheck_id uuid NOT NULL,
    entry_id   uuid NOT NULL,
    position   smallint NOT NULL CHECK (position >= 1),
    outcome    text NOT NULL CONSTRAINT recheck_outcome_known CHECK (outcome IN ('ok', 'error')),
    note       text CHECK (length(note) BETWEEN 1 AND 500),
    -- How many marks there were of the entry: with more, it has not been checked as it stands.
    facts      bigint NOT NULL,
    by_account uuid NOT NULL REFERENCES account (id),
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (recheck_id, entry_id, position),
    CONSTRAINT recheck_result_of_entry FOREIGN KEY (recheck_id, entry_id) REFERENCES recheck_entry (recheck_id, entry_id),
    CONSTRAINT recheck_error_is_told CHECK (outcome = 'ok' OR note IS NOT NULL)
);
SELECT make_append_only('recheck_result');
GRANT SELECT, INSERT ON recheck_result TO shibaiqian_app;

-- The chief judge's signature under one version of the result. It holds as long as that version is the latest.
CREATE TABLE result_sign_off (
    id         uuid PRIMARY KEY DEFAULT uuidv7(),
    season_id  uuid NOT NULL,
    item_id    uuid NOT NULL,
    snapshot   integer NOT NULL,
    output_hash bytea NOT NULL CHECK (length(output_hash) = 32),
    by_account uuid NOT NULL REFERENCES account (id),
    at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT sign_off_of_snapshot FOREIGN KEY (season_id, item_id, snapshot)
        REFERENCES standings_snapshot (season_id, item_id, number)
);
CREATE INDEX result_sign_off_item ON result_sign_off (item_id, at);
SELECT make_append_only('result_sign_off');
GRANT SELECT, INSERT ON result_sign_off TO shibaiqian_app;

-- A spread over the limit that the chief judge lets stand, with the reason; it speaks of these values and of no others.
CREATE TABLE spread_decision (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    attempt_id uuid NOT NULL REFERENCES attempt (id),
    criterion  text NOT NULL,
    lowest     numeric NOT NULL,
    highest    numeric NOT NULL,
    reason     text NOT NULL CHECK (length(btrim(reason)) >= 2),
    by_account uuid NOT NULL REFERENCES account (id),
    at         timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX spread_decision_attempt ON spread_decision (attempt_id, criterion, at);
SELECT make_append_only('spread_decision');
GRANT SELECT, INSERT ON spread_decision TO shibaiqian_app;
