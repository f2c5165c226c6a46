CREATE TABLE entry (
    id            uuid PRIMARY KEY DEFAULT uuidv7(),
    season_id     uuid NOT NULL,
    contest_id    uuid NOT NULL,
    item_id       uuid NOT NULL,
    delegation_id uuid,
    unit_id       uuid REFERENCES organisation (id),
    unit_name     text,
    -- Contest number 参赛号, given when the committee accepts.
    number        text,
    state         text NOT NULL DEFAULT 'draft' CONSTRAINT entry_state_known CHECK (state IN
                  ('draft','at_unit','at_organiser','at_committee','returned','accepted','refused','withdrawn')),
    -- What became of the entrant on the day; missing is never a zero (DOMAIN 3).
    standing      text NOT NULL DEFAULT 'present' CONSTRAINT entry_standing_known CHECK (standing IN
                  ('present','absent','withdrew','late','score_cancelled','disqualified')),
    hors_concours boolean NOT NULL DEFAULT false,
    via_slot_id   uuid,
    created_by    uuid REFERENCES account (id),
    created_at    timestamptz NOT NULL DEFAULT now(),
    rev           integer NOT NULL DEFAULT 1,
    CONSTRAINT entry_of_season UNIQUE (season_id, id),
    CONSTRAINT entry_of_item UNIQUE (item_id, id),
    CONSTRAINT entry_number_once UNIQUE (item_id, number),
    CONSTRAINT entry_item_of_season FOREIGN KEY (season_id, item_id) REFERENCES item (season_id, id),
    CONSTRAINT entry_contest_of_season FOREIGN KEY (season_id, contest_id) REFERENCES contest (season_id, id),
    CONSTRAINT entry_delegation_of_season FOREIGN KEY (season_id, delegation_id) REFERENCES delegation (season_id, id),
    CONSTRAINT entry_accepted_has_number CHECK (state <> 'accepted' OR number IS NOT NULL)
);
CREATE INDEX entry_review ON entry (contest_id, state, id);
CREATE INDEX entry_unit ON entry (unit_id);
CREATE TRIGGER entry_state BEFORE UPDATE OF state ON entry FOR EACH ROW EXECUTE FUNCTION hold_state_machine('entry');

CREATE TABLE entry_member (
    entry_id      uuid NOT NULL REFERENCES entry (id),
    position      smallint NOT NULL CHECK (position >= 1),
    item_id       uuid NOT NULL,
    role          text NOT NULL CONSTRAINT member_role_known CHECK (role IN ('contestant','leader','coach')),
    person_id     uuid NOT NULL,
    -- Identity as it is on the contest's date: a later transfer changes no history.
    person_version_id uuid NOT NULL,
    employment_id uuid,
    -- False once the entry has been refused or withdrawn, so that the person may enter again.
    active        boolean NOT NULL DEFAULT true,
    PRIMARY KEY (entry_id, position),
    CONSTRAINT member_of_item FOREIGN KEY (item_id, entry_id) REFERENCES entry (item_id, id),
    CONSTRAINT member_version_of_person FOREIGN KEY (person_id, person_version_id) REFERENCES person_version (person_id, id),
    CONSTRAINT member_employment_of_person FOREIGN KEY (person_id, employment_id) REFERENCES employment (person_id, id)
);
CREATE UNIQUE INDEX entry_member_once_per_item ON entry_member (item_id, person_id) WHERE active AND role = 'contestant';
CREATE INDEX entry_member_person ON entry_member (person_id);

CREATE TABLE entry_transition (
    entry_id   uuid NOT NULL REFERENCES entry (id),
    seq        integer NOT NULL CHECK (seq >= 1),
    from_state text NOT NULL,
    to_state   text NOT NULL,
    reason     text,
    by_account uuid REFERENCES account (id),
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (entry_id, seq),
    CONSTRAINT entry_return_has_reason CHECK (to_state NOT IN ('returned', 'refused') OR length(btrim(reason)) >= 2)
);
SELECT make_append_only('entry_transition');

CREATE TABLE entry_standing_change (
    entry_id   uuid NOT NULL REFERENCES entry (id),
    seq        integer NOT NULL CHECK (seq >= 1),
    from_standing text NOT NULL,
    to_standing   text NOT NULL,
    reason     text NOT NULL CHECK (length(btrim(reason)) >= 2),
    by_account uuid REFERENCES account (id),
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (entry_id, seq)
);
SELECT make_append_only('entry_standing_change');
