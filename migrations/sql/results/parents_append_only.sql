-- The parents too: a statement against the parent must be refused even before a season has been opened.
CREATE TRIGGER mark_revision_no_truncate BEFORE TRUNCATE ON mark_revision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER theory_mark_no_truncate BEFORE TRUNCATE ON theory_mark FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON ledger FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER standings_snapshot_no_truncate BEFORE TRUNCATE ON standings_snapshot
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
