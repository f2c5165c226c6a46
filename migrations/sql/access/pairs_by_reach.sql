-- A grant of a node reaches every contest below it, so the pairs have to look there too: an award authority holds its role at
-- its organisation, and without this could judge in any contest whose awards it decides.
CREATE FUNCTION grants_meet(
    a_kind text, a_scope uuid, a_contest uuid, b_kind text, b_scope uuid, b_contest uuid
) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN a_contest IS NOT NULL AND b_contest IS NOT NULL THEN a_contest = b_contest
        WHEN a_contest IS NOT NULL THEN b_kind = 'organisation' AND b_scope = ANY (
            SELECT unnest(o.path) FROM contest c JOIN organisation o ON o.id = c.host_id WHERE c.id = a_contest)
        WHEN b_contest IS NOT NULL THEN a_kind = 'organisation' AND a_scope = ANY (
            SELECT unnest(o.path) FROM contest c JOIN organisation o ON o.id = c.host_id WHERE c.id = b_contest)
        ELSE a_kind = 'organisation' AND b_kind = 'organisation' AND EXISTS (
            SELECT 1 FROM organisation o
            WHERE (o.id = a_scope AND b_scope = ANY (o.path)) OR (o.id = b_scope AND a_scope = ANY (o.path)))
    END
$$;

CREATE OR REPLACE FUNCTION hold_forbidden_pairs() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    other text;
BEGIN
    IF NEW.revoked_at IS NOT NULL THEN
        RETURN NEW;
    END IF;
    -- One account's grants are judged one after the other, or two at once would both pass.
    PERFORM pg_advisory_xact_lock(hashtextextended('grant:' || NEW.account_id, 0));
    SELECT g.role INTO other
    FROM access_grant g
    JOIN forbidden_pair p ON p.role_a = least(g.role, NEW.role) AND p.role_b = greatest(g.role, NEW.role)
    WHERE g.account_id = NEW.account_id AND g.id <> NEW.id AND g.revoked_at IS NULL
      AND tstzrange(g.valid_from, g.valid_to) && tstzrange(NEW.valid_from, NEW.valid_to)
      AND grants_meet(g.scope_kind, g.scope_id, g.contest_id, NEW.scope_kind, NEW.scope_id, NEW.contest_id)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'role % and role % of one contest exclude each other', NEW.role, other
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_forbidden_pair', TABLE = 'access_grant', DETAIL = other;
    END IF;
    RETURN NEW;
END $$;
