-- Makes the database, its owner and the role of the program on an empty PostgreSQL 18. Run once, as a superuser:
--   OWNER_PASSWORD=… APP_PASSWORD=… psql --dbname postgres --file deploy/postgres/init.sql
-- Passwords come by the environment: arguments can be read by everybody on the machine.
\set ON_ERROR_STOP on
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD

CREATE ROLE shibaiqian_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE shibaiqian_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'app_password';

CREATE DATABASE shibaiqian OWNER shibaiqian_owner TEMPLATE template0
    ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C';
REVOKE ALL ON DATABASE shibaiqian FROM PUBLIC;
GRANT CONNECT ON DATABASE shibaiqian TO shibaiqian_app;

ALTER DATABASE shibaiqian SET timezone = 'UTC';
ALTER DATABASE shibaiqian SET jit = off;
-- A mark is acknowledged when it is on the disk, whatever the server's own default.
ALTER DATABASE shibaiqian SET synchronous_commit = on;
-- DETAIL lines quote rows, and rows hold personal data; the statement of a failed query may too.
ALTER DATABASE shibaiqian SET log_error_verbosity = terse;
ALTER DATABASE shibaiqian SET log_min_error_statement = panic;
