-- A big screen is an address that somebody opened on a projector; what it shows is decided here, not there.
CREATE TABLE screen (
    id         uuid PRIMARY KEY DEFAULT uuidv7(),
    season_id  uuid NOT NULL,
    contest_id uuid NOT NULL,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 30),
    -- In its address; whoever has it sees what hangs in the hall, and nothing more.
    code       text NOT NULL CONSTRAINT screen_code_once UNIQUE CHECK (code ~ '^[a-z0-9]{10}$'),
    view       text NOT NULL CONSTRAINT screen_view_known CHECK (view IN ('board', 'reveal', 'notice')),
    item_id    uuid,
    notice     text CHECK (length(notice) BETWEEN 1 AND 200),
    reloads    integer NOT NULL DEFAULT 0,
    rev        integer NOT NULL DEFAULT 1,
    seen_at    timestamptz,
    CONSTRAINT screen_name_once UNIQUE (contest_id, name),
    CONSTRAINT screen_of_contest FOREIGN KEY (season_id, contest_id) REFERENCES contest (season_id, id),
    CONSTRAINT screen_item_of_contest FOREIGN KEY (contest_id, item_id) REFERENCES contest_item (contest_id, item_id),
    CONSTRAINT screen_shows_something CHECK (CASE view WHEN 'notice' THEN notice IS NOT NULL ELSE item_id IS NOT NULL END)
);
GRANT SELECT, INSERT, UPDATE ON screen TO shibaiqian_app;

-- A ceremony reveals one final standing, last place first. Its steps are computed once; only the position moves.
CREATE TABLE ceremony (
    id         uuid PRIMARY KEY DEFAULT uuidv7(),
    season_id  uuid NOT NULL,
    item_id    uuid NOT NULL,
    number     integer NOT NULL CHECK (number >= 1),
    snapshot   integer NOT NULL,
    steps      jsonb NOT NULL CHECK (jsonb_array_length(steps) >= 1),
    position   integer NOT NULL DEFAULT 0 CHECK (position >= 0),
    rev        integer NOT NULL DEFAULT 1,
    by_account uuid REFERENCES account (id),
    at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ceremony_number_once UNIQUE (item_id, number),
    CONSTRAINT ceremony_of_item FOREIGN KEY (season_id, item_id) REFERENCES item (season_id, id),
    CONSTRAINT ceremony_of_snapshot FOREIGN KEY (season_id, item_id, snapshot)
        REFERENCES standings_snapshot (season_id, item_id, number),
    CONSTRAINT ceremony_position_of_steps CHECK (position <= jsonb_array_length(steps))
);
GRANT SELECT, INSERT, UPDATE (position, rev) ON ceremony TO shibaiqian_app;
