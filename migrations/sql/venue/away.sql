-- On a venue server: which judges may not mark in an item, as the centre found when it handed the session out. The units themselves
-- stay there; nothing here says whose unit it is.
CREATE TABLE venue_judge_limit (
    item_id  uuid NOT NULL REFERENCES item (id),
    judge_id uuid NOT NULL REFERENCES judge (id),
    barred   boolean NOT NULL,
    -- Judges with the same number come from one unit; only where the contest's rules allow one judge of a unit.
    of_unit  smallint,
    PRIMARY KEY (item_id, judge_id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON venue_judge_limit TO shibaiqian_app;

-- Nobody can say there from which unit somebody new comes, and the centre would not know whose marks come back.
CREATE FUNCTION refuse_new_judge_on_venue_server() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('shibaiqian.venue_handout', true), '') = '' AND EXISTS (
        SELECT FROM venue_origin o JOIN judging_session s ON s.id = o.session_id JOIN item i ON i.id = s.item_id
        WHERE i.contest_id = NEW.contest_id
    ) THEN
        RAISE EXCEPTION 'this is decided at the centre'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'decided_at_centre', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER judge_at_centre BEFORE INSERT ON judge FOR EACH ROW EXECUTE FUNCTION refuse_new_judge_on_venue_server();

-- Who stands at a station of a session that is out is absent or present as the venue says: it holds the session's facts. In a blind item
-- nobody is known to stand anywhere yet; absence is recorded at the centre there. What comes back is compared by the import itself.
CREATE FUNCTION refuse_standing_while_at_venue() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held uuid;
BEGIN
    IF coalesce(current_setting('shibaiqian.venue_handout', true), '') <> '' THEN
        RETURN NEW;
    END IF;
    -- Nothing is handed out meanwhile.
    PERFORM FROM judging_session WHERE id IN (
        SELECT a.session_id FROM attempt_entry ae JOIN attempt a ON a.id = ae.attempt_id AND NOT a.voided WHERE ae.entry_id = NEW.entry_id
    ) ORDER BY id FOR KEY SHARE;
    SELECT a.session_id INTO held FROM attempt_entry ae JOIN attempt a ON a.id = ae.attempt_id AND NOT a.voided
    JOIN venue_handout h ON h.session_id = a.session_id AND h.ended_at IS NULL WHERE ae.entry_id = NEW.entry_id LIMIT 1;
    IF held IS NOT NULL THEN
        RAISE EXCEPTION 'session % is at a venue', held
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'session_at_venue', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER entry_standing_not_at_venue BEFORE INSERT ON entry_standing_change
    FOR EACH ROW EXECUTE FUNCTION refuse_standing_while_at_venue();
