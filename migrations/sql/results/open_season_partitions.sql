-- Makes the partitions of one season. SECURITY DEFINER because the application role may not run DDL; it takes a season's id
-- and nothing else, and builds every name from it.
--
-- Made apart and then attached: CREATE TABLE … PARTITION OF would lock the parents against every reader, and so meet readers and
-- the worker in a ring. Attaching still holds back who writes to the tables that the facts refer to. They are locked here first,
-- always in this order, and whoever waits here gives way (lock_not_available) well before PostgreSQL would look for a deadlock
-- and end somebody else's work: the caller tries again.
CREATE OR REPLACE FUNCTION open_season_partitions(p_season uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '200ms' AS $$
DECLARE
    parent text;
    part text;
BEGIN
    LOCK TABLE entry, item IN SHARE ROW EXCLUSIVE MODE;
    LOCK TABLE mark_revision, theory_mark, ledger, standings_snapshot IN SHARE UPDATE EXCLUSIVE MODE;
    FOREACH parent IN ARRAY ARRAY['mark_revision', 'theory_mark', 'ledger', 'standings_snapshot'] LOOP
        part := parent || '_' || replace(p_season::text, '-', '');
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)', part, parent);
        PERFORM make_append_only(part::regclass);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO shibaiqian_app', part);
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES IN (%L)', parent, part, p_season);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION open_season_partitions(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_season_partitions(uuid) TO shibaiqian_app;
