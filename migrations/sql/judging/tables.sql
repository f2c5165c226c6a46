CREATE TABLE judge (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    contest_id uuid NOT NULL REFERENCES contest (id),
    account_id uuid NOT NULL REFERENCES account (id),
    code       text NOT NULL CONSTRAINT judge_code_shape CHECK (code ~ '^[A-Z]-[0-9]{2,3}$'),
    unit_id    uuid REFERENCES organisation (id),
    CONSTRAINT judge_code_once UNIQUE (contest_id, code),
    CONSTRAINT judge_account_once UNIQUE (contest_id, account_id),
    CONSTRAINT judge_of_contest UNIQUE (contest_id, id)
);
CREATE INDEX judge_account ON judge (account_id);

CREATE TABLE panel (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    season_id  uuid NOT NULL,
    item_id    uuid NOT NULL,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    rev        integer NOT NULL DEFAULT 1,
    CONSTRAINT panel_name_once UNIQUE (item_id, name),
    CONSTRAINT panel_of_item FOREIGN KEY (season_id, item_id) REFERENCES item (season_id, id),
    CONSTRAINT panel_belongs UNIQUE (item_id, id)
);

CREATE TABLE panel_judge (
    panel_id uuid NOT NULL REFERENCES panel (id),
    judge_id uuid NOT NULL REFERENCES judge (id),
    position smallint NOT NULL CHECK (position >= 1),
    chief    boolean NOT NULL DEFAULT false,
    PRIMARY KEY (panel_id, judge_id),
    CONSTRAINT panel_position_once UNIQUE (panel_id, position)
);
CREATE INDEX panel_judge_judge ON panel_judge (judge_id);
CREATE UNIQUE INDEX panel_one_chief ON panel_judge (panel_id) WHERE chief;

-- A judging session 场次: one batch of contestants at the stations of one workshop.
CREATE TABLE judging_session (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    season_id  uuid NOT NULL,
    item_id    uuid NOT NULL,
    stage_id   uuid NOT NULL,
    panel_id   uuid,
    position   smallint NOT NULL CHECK (position >= 1),
    name_zh    text NOT NULL,
    name_en    text,
    starts_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL,
    -- How many stations 工位 the draw may give out.
    stations   smallint NOT NULL DEFAULT 200 CHECK (stations BETWEEN 1 AND 9999),
    state      text NOT NULL DEFAULT 'planned' CONSTRAINT session_state_known
               CHECK (state IN ('planned','running','paused','closed')),
    rev        integer NOT NULL DEFAULT 1,
    CONSTRAINT session_period CHECK (ends_at > starts_at),
    CONSTRAINT session_position_once UNIQUE (item_id, position),
    CONSTRAINT session_of_item FOREIGN KEY (season_id, item_id) REFERENCES item (season_id, id),
    CONSTRAINT session_stage_of_item FOREIGN KEY (item_id, stage_id) REFERENCES stage (item_id, id),
    CONSTRAINT session_panel_of_item FOREIGN KEY (item_id, panel_id) REFERENCES panel (item_id, id),
    CONSTRAINT session_belongs UNIQUE (item_id, id)
);
CREATE TRIGGER session_state BEFORE UPDATE OF state ON judging_session FOR EACH ROW EXECUTE FUNCTION hold_state_machine('session');

CREATE TABLE draw (
    id         uuid PRIMARY KEY DEFAULT uuidv7(),
    season_id  uuid NOT NULL,
    item_id    uuid NOT NULL,
    number     smallint NOT NULL CHECK (number >= 1),
    algorithm  text NOT NULL,
    seed       bytea NOT NULL,
    result_hash bytea NOT NULL,
    reason     text,
    by_account uuid REFERENCES account (id),
    second_account uuid REFERENCES account (id),
    at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT draw_number_once UNIQUE (item_id, number),
    CONSTRAINT draw_of_item FOREIGN KEY (season_id, item_id) REFERENCES item (season_id, id),
    CONSTRAINT redraw_needs_reason_and_two CHECK (number = 1 OR
        (length(btrim(reason)) >= 2 AND second_account IS NOT NULL AND second_account <> by_account))
);
SELECT make_append_only('draw');

-- One contestant's turn at one station. The key is random: it tells a judge's device nothing (DESIGN 3.5).
CREATE TABLE attempt (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    season_id  uuid NOT NULL,
    item_id    uuid NOT NULL,
    session_id uuid NOT NULL,
    draw_id    uuid NOT NULL REFERENCES draw (id),
    station    smallint NOT NULL CHECK (station BETWEEN 1 AND 9999),
    -- A redraw voids the attempts of the draw before it; nothing has been marked on them.
    voided     boolean NOT NULL DEFAULT false,
    CONSTRAINT attempt_session_of_item FOREIGN KEY (item_id, session_id) REFERENCES judging_session (item_id, id),
    CONSTRAINT attempt_of_season UNIQUE (season_id, id)
);
CREATE UNIQUE INDEX attempt_station_once ON attempt (session_id, station) WHERE NOT voided;

-- Who is behind the attempt. Kept apart so that a blind item can lock this link away.
CREATE TABLE attempt_entry (
    attempt_id uuid PRIMARY KEY REFERENCES attempt (id),
    item_id    uuid NOT NULL,
    entry_id   uuid NOT NULL,
    draw_id    uuid NOT NULL REFERENCES draw (id),
    CONSTRAINT attempt_entry_of_item FOREIGN KEY (item_id, entry_id) REFERENCES entry (item_id, id),
    CONSTRAINT attempt_entry_once_per_draw UNIQUE (draw_id, entry_id)
);
CREATE INDEX attempt_entry_entry ON attempt_entry (entry_id);
SELECT make_append_only('attempt_entry');

CREATE TABLE sheet (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    season_id  uuid NOT NULL,
    item_id    uuid NOT NULL,
    session_id uuid NOT NULL,
    attempt_id uuid NOT NULL,
    judge_id   uuid NOT NULL REFERENCES judge (id),
    account_id uuid NOT NULL REFERENCES account (id),
    plan_id    uuid NOT NULL REFERENCES plan_version (id),
    state      text NOT NULL DEFAULT 'open' CONSTRAINT sheet_state_known CHECK (state IN ('open','submitted','signed')),
    -- Revisions written so far and the head of the sheet's hash chain; both move in the mark's own statement.
    seq        integer NOT NULL DEFAULT 0 CHECK (seq >= 0),
    head       bytea NOT NULL DEFAULT '\x',
    algorithm  text NOT NULL DEFAULT 'sha256:1',
    CONSTRAINT sheet_once UNIQUE (attempt_id, judge_id),
    CONSTRAINT sheet_attempt_of_season FOREIGN KEY (season_id, attempt_id) REFERENCES attempt (season_id, id),
    CONSTRAINT sheet_session_of_item FOREIGN KEY (item_id, session_id) REFERENCES judging_session (item_id, id)
) WITH (fillfactor = 70);
CREATE INDEX sheet_item ON sheet (item_id);
CREATE INDEX sheet_session ON sheet (session_id, account_id);
CREATE TRIGGER sheet_state BEFORE UPDATE OF state ON sheet FOR EACH ROW EXECUTE FUNCTION hold_state_machine('sheet');

CREATE TABLE sheet_transition (
    season_id  uuid NOT NULL,
    sheet_id   uuid NOT NULL REFERENCES sheet (id),
    position   integer NOT NULL CHECK (position >= 1),
    from_state text NOT NULL,
    to_state   text NOT NULL,
    -- What was signed: number of revisions and chain head at that moment.
    seq        integer NOT NULL,
    head       bytea NOT NULL,
    reason     text,
    by_account uuid REFERENCES account (id),
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (sheet_id, position),
    CONSTRAINT sheet_reopen_has_reason CHECK (NOT (from_state = 'signed' AND to_state = 'open') OR length(btrim(reason)) >= 2)
);
SELECT make_append_only('sheet_transition');

CREATE TABLE mark_revision (
    season_id   uuid NOT NULL,
    sheet_id    uuid NOT NULL,
    criterion   text NOT NULL,
    rev         integer NOT NULL CHECK (rev >= 1),
    seq         integer NOT NULL CHECK (seq >= 1),
    op_id       uuid NOT NULL,
    state       text NOT NULL CONSTRAINT mark_state_known CHECK (state IN ('scored','not_attempted','cleared')),
    value       numeric CONSTRAINT mark_value_finite CHECK (value NOT IN ('NaN', 'Infinity', '-Infinity')),
    reasons     text[] NOT NULL DEFAULT '{}',
    account_id  uuid NOT NULL,
    entered_at  timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    hash        bytea NOT NULL,
    CONSTRAINT mark_revision_pk PRIMARY KEY (season_id, sheet_id, criterion, rev),
    CONSTRAINT mark_op_once UNIQUE (season_id, op_id),
    CONSTRAINT mark_value_iff_scored CHECK ((state = 'scored') = (value IS NOT NULL))
) PARTITION BY LIST (season_id);

CREATE TABLE theory_mark (
    season_id   uuid NOT NULL,
    entry_id    uuid NOT NULL,
    node        text NOT NULL,
    rev         integer NOT NULL CHECK (rev >= 1),
    item_id     uuid NOT NULL,
    state       text NOT NULL CONSTRAINT theory_state_known CHECK (state IN ('scored','absent')),
    value       numeric CONSTRAINT theory_value_finite CHECK (value NOT IN ('NaN', 'Infinity', '-Infinity')),
    reason      text,
    account_id  uuid NOT NULL,
    job_id      uuid,
    received_at timestamptz NOT NULL DEFAULT now(),
    hash        bytea NOT NULL,
    CONSTRAINT theory_mark_pk PRIMARY KEY (season_id, entry_id, node, rev),
    CONSTRAINT theory_entry_of_season FOREIGN KEY (season_id, entry_id) REFERENCES entry (season_id, id),
    CONSTRAINT theory_value_iff_scored CHECK ((state = 'scored') = (value IS NOT NULL)),
    CONSTRAINT theory_correction_has_reason CHECK (rev = 1 OR length(btrim(reason)) >= 2)
) PARTITION BY LIST (season_id);
CREATE INDEX theory_mark_item ON theory_mark (item_id);
