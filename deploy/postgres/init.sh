#!/bin/sh
# Called once by the PostgreSQL image, on an empty volume: init.sql with the passwords of the secrets.
set -eu
OWNER_PASSWORD=$(cat /run/secrets/owner_password)
APP_PASSWORD=$(cat /run/secrets/app_password)
export OWNER_PASSWORD APP_PASSWORD
psql --no-psqlrc --quiet --username "$POSTGRES_USER" --dbname postgres --file /shibaiqian/init.sql
