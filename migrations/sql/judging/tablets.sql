-- What a tablet last said of itself: one row for each storage of a browser, judge and session. Not a fact, only the present state.
-- `storage` is made by the browser together with its storage: when a tablet comes back with another one while the row before it
-- still counts unsent marks, they were lost with the storage or lie on another tablet, and the judge is told.
CREATE TABLE tablet (
    session_id uuid NOT NULL REFERENCES judging_session (id),
    account_id uuid NOT NULL REFERENCES account (id),
    storage    uuid NOT NULL,
    device_id  uuid REFERENCES device (id),
    battery    smallint CONSTRAINT tablet_battery CHECK (battery BETWEEN 0 AND 100),
    charging   boolean,
    unsent     integer NOT NULL CONSTRAINT tablet_unsent CHECK (unsent >= 0),
    troubled   integer NOT NULL CONSTRAINT tablet_troubled CHECK (troubled >= 0),
    -- Unsent marks of other judges on the same tablet.
    others     integer NOT NULL CONSTRAINT tablet_others CHECK (others >= 0),
    station    smallint,
    -- The tablet's clock minus the server's, as far as one message can tell.
    drift_ms   integer NOT NULL,
    first_at   timestamptz NOT NULL DEFAULT now(),
    seen_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (session_id, account_id, storage)
) WITH (fillfactor = 50);
GRANT SELECT, INSERT, UPDATE ON tablet TO shibaiqian_app;

-- A raised hand or an accident, and what was done about it.
CREATE TABLE incident (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    session_id  uuid NOT NULL REFERENCES judging_session (id),
    station     smallint CHECK (station BETWEEN 1 AND 9999),
    kind        text NOT NULL CONSTRAINT incident_kind_known
                CHECK (kind IN ('help', 'safety', 'equipment', 'rule', 'dispute', 'other')),
    note        text CHECK (length(note) BETWEEN 1 AND 200),
    by_account  uuid NOT NULL REFERENCES account (id),
    occurred_at timestamptz NOT NULL,
    at          timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX incident_session ON incident (session_id, at);
SELECT make_append_only('incident');
GRANT SELECT, INSERT ON incident TO shibaiqian_app;

CREATE TABLE incident_answer (
    incident_id uuid NOT NULL REFERENCES incident (id),
    position    smallint NOT NULL CHECK (position >= 1),
    state       text NOT NULL CONSTRAINT incident_answer_known CHECK (state IN ('seen', 'settled')),
    note        text CHECK (length(note) BETWEEN 1 AND 200),
    by_account  uuid NOT NULL REFERENCES account (id),
    at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (incident_id, position)
);
SELECT make_append_only('incident_answer');
GRANT SELECT, INSERT ON incident_answer TO shibaiqian_app;

-- The clock of a session, or of one station that was stopped: every press of the button, and every correction with its reason.
CREATE TABLE clock_event (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    session_id uuid NOT NULL REFERENCES judging_session (id),
    station    smallint CHECK (station BETWEEN 1 AND 9999),
    kind       text NOT NULL CONSTRAINT clock_kind_known CHECK (kind IN ('start', 'pause', 'resume', 'stop', 'make_up')),
    -- When it happened; the server's clock, unless it was sent later from a tablet that was offline.
    occurred_at timestamptz NOT NULL,
    make_up_s  integer CONSTRAINT clock_make_up CHECK ((kind = 'make_up') = (make_up_s IS NOT NULL) AND make_up_s BETWEEN -7200 AND 7200),
    reason     text CHECK (length(reason) BETWEEN 1 AND 200),
    by_account uuid NOT NULL REFERENCES account (id),
    at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT clock_needs_reason CHECK (kind IN ('start', 'resume', 'stop') OR reason IS NOT NULL)
);
CREATE INDEX clock_event_session ON clock_event (session_id, occurred_at);
SELECT make_append_only('clock_event');
GRANT SELECT, INSERT ON clock_event TO shibaiqian_app;

-- A judge's own signature under all their sheets of a session: the hash names every sheet with its last revision.
CREATE TABLE judge_signature (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    session_id uuid NOT NULL REFERENCES judging_session (id),
    account_id uuid NOT NULL REFERENCES account (id),
    hash       bytea NOT NULL CHECK (length(hash) = 32),
    sheets     smallint NOT NULL CHECK (sheets >= 1),
    way        text NOT NULL CONSTRAINT signature_way_known CHECK (way IN ('pin', 'sign_in')),
    at         timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX judge_signature_session ON judge_signature (session_id, account_id, at);
SELECT make_append_only('judge_signature');
GRANT SELECT, INSERT ON judge_signature TO shibaiqian_app;
