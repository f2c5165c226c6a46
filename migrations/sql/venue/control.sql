-- What the control room writes beside sheets: held still while a session is away, and at a venue only what travels back.

CREATE TRIGGER mark_correction_not_at_venue BEFORE INSERT ON mark_correction
    FOR EACH ROW EXECUTE FUNCTION refuse_while_at_venue('sheet', 'sheet_id');
CREATE TRIGGER spread_decision_not_at_venue BEFORE INSERT ON spread_decision
    FOR EACH ROW EXECUTE FUNCTION refuse_while_at_venue('attempt', 'attempt_id');

CREATE TRIGGER mark_correction_at_centre BEFORE INSERT ON mark_correction FOR EACH ROW EXECUTE FUNCTION refuse_on_venue_server();
CREATE TRIGGER recheck_at_centre BEFORE INSERT ON recheck FOR EACH ROW EXECUTE FUNCTION refuse_on_venue_server();
CREATE TRIGGER result_sign_off_at_centre BEFORE INSERT ON result_sign_off FOR EACH ROW EXECUTE FUNCTION refuse_on_venue_server();

-- Absence is brought back by the station; in a blind item nobody knows yet whose station it is, and so it would be lost.
CREATE FUNCTION refuse_blind_standing_on_venue_server() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM entry e JOIN item i ON i.id = e.item_id AND i.blind_layers > 0
               JOIN judging_session s ON s.item_id = i.id JOIN venue_origin o ON o.session_id = s.id WHERE e.id = NEW.entry_id) THEN
        RAISE EXCEPTION 'this is decided at the centre'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'decided_at_centre', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER entry_standing_at_centre BEFORE INSERT ON entry_standing_change
    FOR EACH ROW EXECUTE FUNCTION refuse_blind_standing_on_venue_server();
