-- A notice was wrong or is over: it is shown to nobody any more, and what was said stays on record. `session_id` is the notice's own.
CREATE TABLE broadcast_withdrawal (
    broadcast_id uuid PRIMARY KEY REFERENCES broadcast (id),
    session_id   uuid REFERENCES judging_session (id),
    by_account   uuid NOT NULL REFERENCES account (id),
    at           timestamptz NOT NULL DEFAULT now()
);
SELECT make_append_only('broadcast_withdrawal');
GRANT SELECT, INSERT ON broadcast_withdrawal TO shibaiqian_app;

CREATE TRIGGER broadcast_withdrawal_not_at_venue BEFORE INSERT ON broadcast_withdrawal
    FOR EACH ROW EXECUTE FUNCTION refuse_while_at_venue('session', 'session_id');
