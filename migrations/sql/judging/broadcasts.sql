-- A short notice of those who run a contest to the tablets of one session, or (no session) to every judge of the contest.
CREATE TABLE broadcast (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    contest_id uuid NOT NULL REFERENCES contest (id),
    session_id uuid REFERENCES judging_session (id),
    text       text NOT NULL CONSTRAINT broadcast_text_short CHECK (length(text) BETWEEN 1 AND 100),
    by_account uuid NOT NULL REFERENCES account (id),
    at         timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX broadcast_contest ON broadcast (contest_id, at);
SELECT make_append_only('broadcast');
GRANT SELECT, INSERT ON broadcast TO shibaiqian_app;

-- A judge has read it. `session_id` is the notice's own: what belongs to a session that is away is written where the session is.
CREATE TABLE broadcast_receipt (
    broadcast_id uuid NOT NULL REFERENCES broadcast (id),
    account_id   uuid NOT NULL REFERENCES account (id),
    session_id   uuid REFERENCES judging_session (id),
    at           timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (broadcast_id, account_id)
);
SELECT make_append_only('broadcast_receipt');
GRANT SELECT, INSERT ON broadcast_receipt TO shibaiqian_app;

CREATE TRIGGER broadcast_not_at_venue BEFORE INSERT ON broadcast
    FOR EACH ROW EXECUTE FUNCTION refuse_while_at_venue('session', 'session_id');
CREATE TRIGGER broadcast_receipt_not_at_venue BEFORE INSERT ON broadcast_receipt
    FOR EACH ROW EXECUTE FUNCTION refuse_while_at_venue('session', 'session_id');
