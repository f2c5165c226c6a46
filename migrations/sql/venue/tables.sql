-- A session may be judged on a server of its own in the workshop. While it is handed out nothing of it changes here: what comes back
-- from there comes back whole, signed and at most once.

-- Keys that this installation signs with. The private one is a cipher under the installation's secret key.
CREATE TABLE signing_key (
    purpose        text PRIMARY KEY CHECK (purpose IN ('venue')),
    algorithm      text NOT NULL DEFAULT 'ed25519',
    public         bytea NOT NULL CHECK (length(public) = 32),
    private_cipher bytea NOT NULL,
    made_at        timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT ON signing_key TO shibaiqian_app;

-- At the centre: who has which session, since when, and how far it has come back.
CREATE TABLE venue_handout (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    session_id uuid NOT NULL REFERENCES judging_session (id),
    number     smallint NOT NULL CHECK (number >= 1),
    -- Which machine, in words.
    label      text NOT NULL CHECK (length(label) BETWEEN 1 AND 60),
    -- None until the first facts of a bundle that was carried as a file; the pairing key in the bundle then answers for it.
    venue_key  bytea CHECK (length(venue_key) = 32),
    by_account uuid NOT NULL REFERENCES account (id),
    at         timestamptz NOT NULL DEFAULT now(),
    -- Bundles of facts taken, number of the latest of them, and how much of the venue's ledger is here.
    imports    integer NOT NULL DEFAULT 0,
    latest     integer NOT NULL DEFAULT 0,
    ledger_seq integer NOT NULL DEFAULT 0,
    ended_at   timestamptz,
    ended_by   uuid REFERENCES account (id),
    reason     text,
    rev        integer NOT NULL DEFAULT 1,
    CONSTRAINT venue_handout_number_once UNIQUE (session_id, number),
    CONSTRAINT venue_handout_ends_with_reason
        CHECK (num_nulls(ended_at, ended_by, reason) IN (0, 3) AND (reason IS NULL OR length(btrim(reason)) >= 2))
);
CREATE UNIQUE INDEX venue_handout_one_open ON venue_handout (session_id) WHERE ended_at IS NULL;
GRANT SELECT, INSERT, UPDATE ON venue_handout TO shibaiqian_app;

-- Every bundle of facts that was taken, with what was found in it.
CREATE TABLE venue_import (
    handout_id uuid NOT NULL REFERENCES venue_handout (id),
    position   integer NOT NULL CHECK (position >= 1),
    number     integer NOT NULL,
    hash       bytea NOT NULL CHECK (length(hash) = 32),
    report     jsonb NOT NULL,
    by_account uuid NOT NULL REFERENCES account (id),
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (handout_id, position)
);
SELECT make_append_only('venue_import');
GRANT SELECT, INSERT ON venue_import TO shibaiqian_app;

-- On the venue server: where its sessions come from.
CREATE TABLE venue_origin (
    handout_id     uuid PRIMARY KEY,
    session_id     uuid NOT NULL REFERENCES judging_session (id),
    number         smallint NOT NULL,
    keeper         uuid NOT NULL REFERENCES account (id),
    centre_key     bytea NOT NULL CHECK (length(centre_key) = 32),
    pairing_cipher bytea,
    bundle_hash    bytea NOT NULL,
    -- Bundles of facts made, and where the item's ledger stood when the session came.
    made           integer NOT NULL DEFAULT 0,
    ledger_from    integer NOT NULL,
    at             timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT venue_origin_number_once UNIQUE (session_id, number)
);
GRANT SELECT, INSERT, UPDATE ON venue_origin TO shibaiqian_app;

-- Refuses a change of a session that is handed out. First argument: how the row leads to its session, and what is locked so that
-- nothing slips in while the session is being handed out ("own": whoever changes this row holds the lock already). Second: the
-- column. What comes back from the venue says so in a setting of its transaction.
CREATE FUNCTION refuse_while_at_venue() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    key uuid := (to_jsonb(NEW) ->> TG_ARGV[1])::uuid;
    held uuid := key;
    handout uuid;
BEGIN
    IF TG_ARGV[0] = 'incident' THEN
        SELECT session_id INTO held FROM incident WHERE id = key;
    ELSIF TG_ARGV[0] = 'attempt' THEN
        SELECT session_id INTO held FROM attempt WHERE id = key;
    END IF;
    IF TG_ARGV[0] = 'sheet' THEN
        SELECT session_id INTO held FROM sheet WHERE id = key FOR NO KEY UPDATE;
    ELSIF TG_ARGV[0] <> 'own' THEN
        PERFORM FROM judging_session WHERE id = held FOR KEY SHARE;
    END IF;
    SELECT id INTO handout FROM venue_handout WHERE session_id = held AND ended_at IS NULL;
    IF handout IS NOT NULL AND handout::text IS DISTINCT FROM current_setting('shibaiqian.venue_handout', true) THEN
        RAISE EXCEPTION 'session % is at a venue', held
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'session_at_venue', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER judging_session_not_at_venue BEFORE UPDATE OF state ON judging_session
    FOR EACH ROW EXECUTE FUNCTION refuse_while_at_venue('own', 'id');
CREATE TRIGGER attempt_not_at_venue BEFORE UPDATE OF voided ON attempt
    FOR EACH ROW EXECUTE FUNCTION refuse_while_at_venue('own', 'session_id');
CREATE TRIGGER sheet_not_at_venue BEFORE UPDATE OF state, judge_id, account_id ON sheet
    FOR EACH ROW EXECUTE FUNCTION refuse_while_at_venue('own', 'session_id');
CREATE TRIGGER sheet_transition_not_at_venue BEFORE INSERT ON sheet_transition
    FOR EACH ROW EXECUTE FUNCTION refuse_while_at_venue('sheet', 'sheet_id');
CREATE TRIGGER paper_copy_not_at_venue BEFORE INSERT ON paper_copy
    FOR EACH ROW EXECUTE FUNCTION refuse_while_at_venue('sheet', 'sheet_id');
CREATE TRIGGER paper_transfer_not_at_venue BEFORE INSERT ON paper_transfer
    FOR EACH ROW EXECUTE FUNCTION refuse_while_at_venue('sheet', 'sheet_id');
CREATE TRIGGER incident_not_at_venue BEFORE INSERT ON incident
    FOR EACH ROW EXECUTE FUNCTION refuse_while_at_venue('session', 'session_id');
CREATE TRIGGER incident_answer_not_at_venue BEFORE INSERT ON incident_answer
    FOR EACH ROW EXECUTE FUNCTION refuse_while_at_venue('incident', 'incident_id');
CREATE TRIGGER clock_event_not_at_venue BEFORE INSERT ON clock_event
    FOR EACH ROW EXECUTE FUNCTION refuse_while_at_venue('session', 'session_id');
CREATE TRIGGER judge_signature_not_at_venue BEFORE INSERT ON judge_signature
    FOR EACH ROW EXECUTE FUNCTION refuse_while_at_venue('session', 'session_id');

-- On a venue server: what is decided at the centre would not find its way back, so it is refused where it would be lost.
CREATE FUNCTION refuse_on_venue_server() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('shibaiqian.venue_handout', true), '') = '' THEN
        IF EXISTS (SELECT FROM venue_origin o JOIN judging_session s ON s.id = o.session_id
                   WHERE s.item_id = (to_jsonb(NEW) ->> 'item_id')::uuid) THEN
            RAISE EXCEPTION 'this is decided at the centre'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'decided_at_centre', TABLE = TG_TABLE_NAME;
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER draw_at_centre BEFORE INSERT ON draw FOR EACH ROW EXECUTE FUNCTION refuse_on_venue_server();
CREATE TRIGGER redraw_request_at_centre BEFORE INSERT ON redraw_request FOR EACH ROW EXECUTE FUNCTION refuse_on_venue_server();
CREATE TRIGGER judging_session_at_centre BEFORE INSERT ON judging_session FOR EACH ROW EXECUTE FUNCTION refuse_on_venue_server();
CREATE TRIGGER tie_decision_at_centre BEFORE INSERT ON tie_decision FOR EACH ROW EXECUTE FUNCTION refuse_on_venue_server();
CREATE TRIGGER publication_at_centre BEFORE INSERT ON publication_transition FOR EACH ROW EXECUTE FUNCTION refuse_on_venue_server();
