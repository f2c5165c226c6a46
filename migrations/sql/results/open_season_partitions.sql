-- Makes the partitions of one season. SECURITY DEFINER because the application role may not run DDL; it takes a season's id
-- and nothing else, and builds every name from it.
CREATE FUNCTION open_season_partitions(p_season uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    parent text;
    part text;
BEGIN
    FOREACH parent IN ARRAY ARRAY['mark_revision', 'theory_mark', 'ledger', 'standings_snapshot'] LOOP
        part := parent || '_' || replace(p_season::text, '-', '');
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES IN (%L)', part, parent, p_season);
        PERFORM make_append_only(part::regclass);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO shibaiqian_app', part);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION open_season_partitions(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_season_partitions(uuid) TO shibaiqian_app;
