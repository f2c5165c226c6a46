-- The role the application works under. The embedded server has made it before, with a password of its own; on a server of
-- the user's own it is made here, and connections take it on at their start.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shibaiqian_app') THEN
        CREATE ROLE shibaiqian_app NOLOGIN;
        EXECUTE format('GRANT shibaiqian_app TO %I', current_user);
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'role shibaiqian_app is missing and % may not create it', current_user
            USING HINT = 'As a superuser: CREATE ROLE shibaiqian_app NOLOGIN; GRANT shibaiqian_app TO ' || current_user;
END $$;
