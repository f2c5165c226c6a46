-- Allowed transitions as data. api/plumbing/states.py holds the same table with the reasons; a test keeps both equal.
CREATE TABLE allowed_transition (
    machine    text NOT NULL,
    from_state text NOT NULL,
    to_state   text NOT NULL,
    PRIMARY KEY (machine, from_state, to_state)
);

-- Trigger argument: the machine. A new row may start in any state its table's CHECK knows; only changes are judged here.
CREATE FUNCTION hold_state_machine() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IS DISTINCT FROM OLD.state AND NOT EXISTS (
        SELECT FROM allowed_transition
        WHERE machine = TG_ARGV[0] AND from_state = OLD.state AND to_state = NEW.state
    ) THEN
        RAISE EXCEPTION '% may not go from % to %', TG_ARGV[0], OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0] || '_transition', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

INSERT INTO allowed_transition (machine, from_state, to_state) VALUES
    ('contest', 'draft', 'published'),
    ('contest', 'published', 'running'),
    ('contest', 'running', 'finished'),
    ('contest', 'finished', 'archived'),
    ('contest', 'draft', 'cancelled'),
    ('contest', 'published', 'cancelled'),
    ('contest', 'running', 'cancelled'),
    ('entry', 'draft', 'at_unit'),
    ('entry', 'draft', 'at_organiser'),
    ('entry', 'at_unit', 'at_organiser'),
    ('entry', 'at_organiser', 'at_committee'),
    ('entry', 'at_committee', 'accepted'),
    ('entry', 'at_unit', 'returned'),
    ('entry', 'at_organiser', 'returned'),
    ('entry', 'at_committee', 'returned'),
    ('entry', 'returned', 'at_unit'),
    ('entry', 'returned', 'at_organiser'),
    ('entry', 'at_unit', 'refused'),
    ('entry', 'at_organiser', 'refused'),
    ('entry', 'at_committee', 'refused'),
    ('entry', 'draft', 'withdrawn'),
    ('entry', 'at_unit', 'withdrawn'),
    ('entry', 'at_organiser', 'withdrawn'),
    ('entry', 'at_committee', 'withdrawn'),
    ('entry', 'returned', 'withdrawn'),
    ('entry', 'accepted', 'withdrawn'),
    ('session', 'planned', 'running'),
    ('session', 'running', 'paused'),
    ('session', 'paused', 'running'),
    ('session', 'running', 'closed'),
    ('session', 'paused', 'closed'),
    ('session', 'closed', 'running'),
    ('sheet', 'open', 'submitted'),
    ('sheet', 'submitted', 'open'),
    ('sheet', 'submitted', 'signed'),
    ('sheet', 'signed', 'open'),
    ('publication', 'open', 'closed'),
    ('publication', 'closed', 'open'),
    ('publication', 'closed', 'confirmed'),
    ('publication', 'confirmed', 'closed'),
    ('publication', 'confirmed', 'provisional'),
    ('publication', 'provisional', 'final'),
    ('publication', 'final', 'amended'),
    ('publication', 'amended', 'amended'),
    ('publication', 'provisional', 'withdrawn'),
    ('publication', 'final', 'withdrawn'),
    ('publication', 'amended', 'withdrawn'),
    ('publication', 'withdrawn', 'closed'),
    ('slot', 'offered', 'accepted'),
    ('slot', 'offered', 'declined'),
    ('slot', 'offered', 'lapsed'),
    ('slot', 'offered', 'cancelled'),
    ('slot', 'accepted', 'cancelled'),
    ('job', 'queued', 'running'),
    ('job', 'queued', 'cancelled'),
    ('job', 'running', 'queued'),
    ('job', 'running', 'succeeded'),
    ('job', 'running', 'partly'),
    ('job', 'running', 'failed'),
    ('job', 'running', 'cancelled');
