-- A place in the next tier, offered from a final standing. Before final there are previews only, and no rows.
CREATE TABLE slot (
    id              uuid PRIMARY KEY DEFAULT uuidv7(),
    season_id       uuid NOT NULL,
    from_item_id    uuid NOT NULL,
    to_item_id      uuid NOT NULL,
    snapshot        integer NOT NULL,
    entry_id        uuid NOT NULL,
    place           integer NOT NULL CHECK (place >= 1),
    kind            text NOT NULL CONSTRAINT slot_kind_known CHECK (kind IN ('quota','substitute','seed','host')),
    substitute_for  uuid REFERENCES slot (id),
    state           text NOT NULL DEFAULT 'offered' CONSTRAINT slot_state_known
                    CHECK (state IN ('offered','accepted','declined','lapsed','cancelled')),
    answer_by       timestamptz,
    reasons         jsonb NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    rev             integer NOT NULL DEFAULT 1,
    CONSTRAINT slot_to_other_item CHECK (from_item_id <> to_item_id),
    CONSTRAINT slot_entry_once UNIQUE (to_item_id, entry_id),
    CONSTRAINT slot_from_item FOREIGN KEY (season_id, from_item_id) REFERENCES item (season_id, id),
    CONSTRAINT slot_to_item FOREIGN KEY (season_id, to_item_id) REFERENCES item (season_id, id),
    CONSTRAINT slot_entry_of_item FOREIGN KEY (from_item_id, entry_id) REFERENCES entry (item_id, id),
    CONSTRAINT slot_snapshot FOREIGN KEY (season_id, from_item_id, snapshot)
        REFERENCES standings_snapshot (season_id, item_id, number)
);
CREATE INDEX slot_to ON slot (to_item_id, place);
CREATE INDEX slot_from ON slot (from_item_id, place);
CREATE TRIGGER slot_state BEFORE UPDATE OF state ON slot FOR EACH ROW EXECUTE FUNCTION hold_state_machine('slot');
ALTER TABLE entry ADD CONSTRAINT entry_via_slot FOREIGN KEY (via_slot_id) REFERENCES slot (id);
CREATE UNIQUE INDEX entry_one_per_slot ON entry (via_slot_id) WHERE state NOT IN ('refused', 'withdrawn');

CREATE TABLE slot_transition (
    slot_id    uuid NOT NULL REFERENCES slot (id),
    seq        integer NOT NULL CHECK (seq >= 1),
    from_state text NOT NULL,
    to_state   text NOT NULL,
    reason     text,
    by_account uuid REFERENCES account (id),
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (slot_id, seq)
);
SELECT make_append_only('slot_transition');
