-- Facts are append-only (DESIGN: a correction is a new fact). The trigger holds even for the owner; the application role
-- lacks the privilege as well, so that neither alone has to be trusted.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'facts of % are append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'facts_are_append_only', TABLE = TG_TABLE_NAME;
END $$;

-- Puts both triggers on one table. A partition needs its own pair: the clones of the parent's row trigger vanish when it
-- is detached, and a TRUNCATE of a partition never fires the parent's.
CREATE FUNCTION make_append_only(target regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    base text := (SELECT relname FROM pg_class WHERE oid = target);
BEGIN
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION refuse_change()',
                   base || '_append_only', target);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
                   base || '_no_truncate', target);
END $$;
