-- What readers of a contest are told, one row for each audience that may know it, written in the transaction of the change.
-- A notice is no fact: it names what has changed and its number, and is thrown away when a day is over.
--
-- Four partitions in turn, one for each day: today's and yesterday's hold every notice that may still be asked for, the other two
-- are emptied. So no partition is ever made or dropped while a contest runs.
CREATE TABLE live_event (
    contest_id uuid NOT NULL,
    audience   text NOT NULL CONSTRAINT live_event_audience_known CHECK (audience IN ('public', 'unit', 'judge', 'org')),
    seq        bigint NOT NULL CHECK (seq >= 1),
    slot       smallint NOT NULL,
    kind       text NOT NULL CHECK (kind ~ '^[a-z_]{2,40}$'),
    item_id    uuid,
    data       jsonb NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT live_event_pk PRIMARY KEY (contest_id, audience, seq, slot)
) PARTITION BY LIST (slot);
CREATE TABLE live_event_0 PARTITION OF live_event FOR VALUES IN (0);
CREATE TABLE live_event_1 PARTITION OF live_event FOR VALUES IN (1);
CREATE TABLE live_event_2 PARTITION OF live_event FOR VALUES IN (2);
CREATE TABLE live_event_3 PARTITION OF live_event FOR VALUES IN (3);
CREATE TRIGGER live_event_append_only BEFORE UPDATE OR DELETE ON live_event FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- One count for each audience: a gap in what the public sees would tell when something changed that it may not see.
CREATE TABLE live_head (
    contest_id uuid NOT NULL REFERENCES contest (id),
    audience   text NOT NULL,
    seq        bigint NOT NULL,
    PRIMARY KEY (contest_id, audience)
);

CREATE FUNCTION live_slot(p_at timestamptz) RETURNS smallint LANGUAGE sql IMMUTABLE AS $$
    SELECT (floor(extract(epoch FROM p_at) / 86400)::bigint % 4)::smallint
$$;

-- The head's row stays locked until the change commits, so that numbers come to be seen in their order and without gaps.
CREATE FUNCTION append_live_event(p_contest uuid, p_audiences text[], p_kind text, p_item uuid, p_data jsonb)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_audience text;
    v_seq bigint;
BEGIN
    FOR v_audience IN SELECT DISTINCT a FROM unnest(p_audiences) a ORDER BY a LOOP
        INSERT INTO live_head AS h (contest_id, audience, seq) VALUES (p_contest, v_audience, 1)
        ON CONFLICT (contest_id, audience) DO UPDATE SET seq = h.seq + 1 RETURNING h.seq INTO v_seq;
        INSERT INTO live_event (contest_id, audience, seq, slot, kind, item_id, data)
        VALUES (p_contest, v_audience, v_seq, live_slot(now()), p_kind, p_item, p_data);
    END LOOP;
    -- The same notice twice in one transaction arrives once.
    PERFORM pg_notify('live', p_contest::text);
END $$;

-- An event is held once and several contests may take its results: each tells its own readers, always in one order.
CREATE FUNCTION append_item_event(p_item uuid, p_audiences text[], p_kind text, p_data jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM append_live_event(contest_id, p_audiences, p_kind, p_item, p_data)
    FROM (SELECT contest_id FROM contest_item WHERE item_id = p_item ORDER BY contest_id) own;
END $$;

-- SECURITY DEFINER because the application may not empty a table; it chooses nothing: only days that are over for every reader.
CREATE FUNCTION forget_live_events() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '200ms' AS $$
DECLARE
    v_slot integer;
    v_any boolean;
    v_emptied integer := 0;
BEGIN
    FOR v_slot IN SELECT (live_slot(now()) + step) % 4 FROM unnest(ARRAY[1, 2]) step LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM live_event_%s)', v_slot) INTO v_any;
        IF v_any THEN
            EXECUTE format('TRUNCATE live_event_%s', v_slot);
            v_emptied := v_emptied + 1;
        END IF;
    END LOOP;
    RETURN v_emptied;
EXCEPTION
    WHEN lock_not_available THEN
        RETURN 0;
END $$;
REVOKE ALL ON FUNCTION forget_live_events() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION forget_live_events() TO shibaiqian_app;
GRANT SELECT, INSERT ON live_event TO shibaiqian_app;
GRANT SELECT ON live_event_0, live_event_1, live_event_2, live_event_3 TO shibaiqian_app;
GRANT SELECT, INSERT, UPDATE ON live_head TO shibaiqian_app;

-- What the public saw of an item, edition by edition, each named by the hash of its bytes and of the bytes before.
CREATE TABLE board_edition (
    season_id   uuid NOT NULL,
    item_id     uuid NOT NULL,
    number      integer NOT NULL CHECK (number >= 1),
    audience    text NOT NULL,
    -- The standing it shows; none where it shows progress or nothing.
    snapshot    integer,
    before_hash bytea,
    after_hash  bytea NOT NULL,
    at          timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT board_edition_pk PRIMARY KEY (season_id, item_id, number),
    CONSTRAINT board_edition_of_item FOREIGN KEY (season_id, item_id) REFERENCES item (season_id, id),
    CONSTRAINT board_edition_follows CHECK ((number = 1) = (before_hash IS NULL))
);
SELECT make_append_only('board_edition');
GRANT SELECT, INSERT ON board_edition TO shibaiqian_app;
