-- Everything a person may have to answer for beside marks: one chain per subject (item, contest), extended by append_ledger.
CREATE TABLE ledger (
    season_id  uuid NOT NULL,
    chain      uuid NOT NULL,
    seq        integer NOT NULL CHECK (seq >= 1),
    kind       text NOT NULL,
    subject    uuid NOT NULL,
    -- SHA-256 over salt and payload: an erasure of personal data elsewhere breaks no proof.
    salt       bytea NOT NULL,
    digest     bytea NOT NULL,
    payload    jsonb NOT NULL,
    algorithm  text NOT NULL DEFAULT 'sha256:1',
    hash       bytea NOT NULL,
    account_id uuid,
    at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ledger_pk PRIMARY KEY (season_id, chain, seq)
) PARTITION BY LIST (season_id);

CREATE TABLE ledger_head (
    chain     uuid PRIMARY KEY,
    season_id uuid NOT NULL,
    seq       integer NOT NULL,
    head      bytea NOT NULL
);

CREATE FUNCTION append_ledger(p_season uuid, p_chain uuid, p_kind text, p_subject uuid, p_payload jsonb, p_account uuid)
RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    h ledger_head;
    v_salt bytea := uuid_send(gen_random_uuid());
    v_digest bytea;
    v_hash bytea;
BEGIN
    INSERT INTO ledger_head (chain, season_id, seq, head) VALUES (p_chain, p_season, 0, '\x') ON CONFLICT DO NOTHING;
    SELECT * INTO STRICT h FROM ledger_head WHERE chain = p_chain FOR NO KEY UPDATE;
    v_digest := sha256(v_salt || convert_to(p_payload::text, 'UTF8'));
    v_hash := sha256(h.head || convert_to(concat_ws(E'\x1f', p_chain, h.seq + 1, p_kind, p_subject, encode(v_digest, 'hex'),
                                                    coalesce(p_account::text, '')), 'UTF8'));
    INSERT INTO ledger (season_id, chain, seq, kind, subject, salt, digest, payload, hash, account_id)
    VALUES (p_season, p_chain, h.seq + 1, p_kind, p_subject, v_salt, v_digest, p_payload, v_hash, p_account);
    UPDATE ledger_head SET seq = h.seq + 1, head = v_hash WHERE chain = p_chain;
    RETURN v_hash;
END $$;

-- A standing is a numbered snapshot with the hash of its inputs. body is the public result of scoring, canonical JSON.
CREATE TABLE standings_snapshot (
    season_id   uuid NOT NULL,
    item_id     uuid NOT NULL,
    number      integer NOT NULL CHECK (number >= 1),
    input_hash  bytea NOT NULL,
    output_hash bytea NOT NULL,
    -- Sum of the sheets' seq and of the theory revisions used: tells cheaply whether facts have come since.
    facts       bigint NOT NULL,
    complete    boolean NOT NULL,
    entries     integer NOT NULL,
    body        bytea NOT NULL,
    at          timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT standings_snapshot_pk PRIMARY KEY (season_id, item_id, number),
    CONSTRAINT standings_snapshot_of_item FOREIGN KEY (season_id, item_id) REFERENCES item (season_id, id)
) PARTITION BY LIST (season_id);

CREATE TABLE publication (
    item_id    uuid PRIMARY KEY REFERENCES item (id),
    season_id  uuid NOT NULL,
    state      text NOT NULL DEFAULT 'open' CONSTRAINT publication_state_known CHECK (state IN
               ('open','closed','confirmed','provisional','final','amended','withdrawn')),
    snapshot   integer,
    amendment  integer NOT NULL DEFAULT 0 CHECK (amendment >= 0),
    frozen     boolean NOT NULL DEFAULT false,
    -- What the public saw when the board was frozen.
    frozen_snapshot integer,
    notice_opens_at  timestamptz,
    notice_closes_at timestamptz,
    -- Version of the board as the public may see it; every change counts it up and is notified.
    board_version bigint NOT NULL DEFAULT 1,
    rev        integer NOT NULL DEFAULT 1,
    CONSTRAINT publication_past_open_names_snapshot CHECK (state IN ('open', 'closed') OR snapshot IS NOT NULL),
    CONSTRAINT publication_snapshot FOREIGN KEY (season_id, item_id, snapshot)
        REFERENCES standings_snapshot (season_id, item_id, number),
    CONSTRAINT publication_frozen_snapshot FOREIGN KEY (season_id, item_id, frozen_snapshot)
        REFERENCES standings_snapshot (season_id, item_id, number)
);
CREATE TRIGGER publication_state BEFORE UPDATE OF state ON publication
    FOR EACH ROW EXECUTE FUNCTION hold_state_machine('publication');

CREATE TABLE publication_transition (
    item_id    uuid NOT NULL REFERENCES item (id),
    seq        integer NOT NULL CHECK (seq >= 1),
    from_state text NOT NULL,
    to_state   text NOT NULL,
    snapshot   integer,
    reason     text,
    by_account uuid REFERENCES account (id),
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (item_id, seq),
    CONSTRAINT publication_withdrawal_has_reason CHECK (to_state NOT IN ('withdrawn', 'amended') OR length(btrim(reason)) >= 2)
);
SELECT make_append_only('publication_transition');

-- The chief judge's recorded decision of a tie, or a lot: the last criterion before equal rank (DOMAIN 4).
CREATE TABLE tie_decision (
    item_id    uuid NOT NULL,
    entry_id   uuid NOT NULL,
    rev        integer NOT NULL CHECK (rev >= 1),
    place      smallint NOT NULL CHECK (place >= 1),
    reason     text NOT NULL CHECK (length(btrim(reason)) >= 2),
    by_account uuid REFERENCES account (id),
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (item_id, entry_id, rev),
    CONSTRAINT tie_decision_of_item FOREIGN KEY (item_id, entry_id) REFERENCES entry (item_id, id)
);
SELECT make_append_only('tie_decision');
