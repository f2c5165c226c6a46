-- Blind numbers 加密号: up to three layers between a contestant and the place that the judges see. Each layer is a draw of its own by
-- an officer of its own; what it joins is sealed with a key that is not in the database (docs/decisions/0018).

-- First the officer commits: to a seed that nobody knows yet, and to the list that will be drawn. Whoever loses the code before
-- the draw commits again; only the latest commitment of a layer can be drawn.
CREATE TABLE layer_commitment (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    season_id   uuid NOT NULL,
    item_id     uuid NOT NULL,
    -- Rises when two people have voided all layers, as a redraw does.
    round       smallint NOT NULL CHECK (round >= 1),
    layer       smallint NOT NULL CHECK (layer BETWEEN 1 AND 3),
    algorithm   text NOT NULL,
    commitment  bytea NOT NULL CHECK (length(commitment) = 32),
    list_hash   bytea NOT NULL CHECK (length(list_hash) = 32),
    -- Numbers of the layer before (entries for the first), and the numbers given out: two sets, nothing that joins them.
    inputs      text[] NOT NULL CHECK (cardinality(inputs) >= 1),
    outputs     text[] NOT NULL CHECK (cardinality(outputs) = cardinality(inputs)),
    -- The layer's key under the officer's code and under the code of the reserve envelope, and the seed under the layer's key.
    sealing     text NOT NULL,
    officer_key bytea NOT NULL,
    reserve_key bytea NOT NULL,
    sealed_seed bytea NOT NULL,
    by_account  uuid NOT NULL REFERENCES account (id),
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT layer_commitment_of_item FOREIGN KEY (season_id, item_id) REFERENCES item (season_id, id)
);
CREATE INDEX layer_commitment_item ON layer_commitment (item_id, round, layer, at);
SELECT make_append_only('layer_commitment');

CREATE TABLE layer_draw (
    layer_id      uuid PRIMARY KEY REFERENCES layer_commitment (id),
    season_id     uuid NOT NULL,
    item_id       uuid NOT NULL,
    round         smallint NOT NULL,
    layer         smallint NOT NULL,
    -- What those present called after the commitment.
    lot           text NOT NULL DEFAULT '',
    result_hash   bytea NOT NULL,
    sealed_result bytea NOT NULL,
    by_account    uuid NOT NULL REFERENCES account (id),
    at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT layer_drawn_once UNIQUE (item_id, round, layer),
    -- Each link is another officer's: nobody holds two, and so nobody can join them alone.
    CONSTRAINT layer_officer_once UNIQUE (item_id, round, by_account)
);
SELECT make_append_only('layer_draw');

-- Two people have opened a layer: seed and links are open from here on.
CREATE TABLE layer_opening (
    layer_id       uuid PRIMARY KEY REFERENCES layer_draw (layer_id),
    season_id      uuid NOT NULL,
    item_id        uuid NOT NULL,
    seed           bytea NOT NULL,
    -- Parallel: the number given out, and whose it is.
    outputs        text[] NOT NULL,
    inputs         text[] NOT NULL CHECK (cardinality(inputs) = cardinality(outputs)),
    way            text NOT NULL CHECK (way IN ('officer', 'reserve')),
    reason         text,
    by_account     uuid NOT NULL REFERENCES account (id),
    second_account uuid NOT NULL REFERENCES account (id),
    at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT layer_opening_needs_two CHECK (second_account <> by_account),
    CONSTRAINT layer_reserve_has_reason CHECK (way = 'officer' OR length(btrim(reason)) >= 2)
);
CREATE INDEX layer_opening_item ON layer_opening (item_id);
SELECT make_append_only('layer_opening');

-- A redraw of a blind item: all layers of the round before are void, and everybody draws again.
CREATE TABLE layer_round (
    item_id        uuid NOT NULL,
    number         smallint NOT NULL CHECK (number >= 2),
    season_id      uuid NOT NULL,
    reason         text NOT NULL CHECK (length(btrim(reason)) >= 2),
    by_account     uuid NOT NULL REFERENCES account (id),
    second_account uuid NOT NULL REFERENCES account (id),
    at             timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (item_id, number),
    CONSTRAINT layer_round_of_item FOREIGN KEY (season_id, item_id) REFERENCES item (season_id, id),
    CONSTRAINT layer_round_needs_two CHECK (second_account <> by_account)
);
SELECT make_append_only('layer_round');

GRANT SELECT, INSERT ON layer_commitment, layer_draw, layer_opening, layer_round TO shibaiqian_app;

-- The seed of a blind item's draw would tell who works where; it stands sealed in its layer.
ALTER TABLE draw ALTER COLUMN seed DROP NOT NULL;

-- Whether it may be known who stands behind the places of an item: every place names its entry.
CREATE FUNCTION item_is_decoded(p_item uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (
        SELECT FROM attempt a WHERE a.item_id = p_item AND NOT a.voided
        AND NOT EXISTS (SELECT FROM attempt_entry WHERE attempt_id = a.id)
    ) AND NOT EXISTS (
        -- Layers that have not yet reached the places.
        SELECT FROM layer_draw d WHERE d.item_id = p_item AND NOT EXISTS (SELECT FROM layer_opening WHERE layer_id = d.layer_id)
        AND d.round = (SELECT coalesce(max(number), 1) FROM layer_round WHERE item_id = p_item)
    )
$$;

-- An outside assessor marks as a judge does.
INSERT INTO forbidden_pair (role_a, role_b, reason_zh, reason_en) VALUES
    ('encryption_officer', 'outside_assessor', '加密裁判知道编码对应的选手，不能同时任外部评估', 'An encryption officer knows whose number it is and may not assess'),
    ('outside_assessor', 'supervisor', '监督仲裁组成员参与解密，不能在本赛事任外部评估', 'A supervisor takes part in decoding and may not assess in the same contest');
