#!/bin/sh
# Runs once, when the data folder is empty: a database and one role for each service that has a schema.
# Each role makes its own schema and owns it, so neither can read the other's tables.
set -eu

psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    -v archiver_password="$ARCHIVER_DB_PASSWORD" -v catalog_password="$CATALOG_DB_PASSWORD" -v database="$POSTGRES_DB" <<'SQL'
revoke all on database :"database" from public;
revoke all on schema public from public;
create role archiver login password :'archiver_password';
create role catalog login password :'catalog_password';
grant connect, create on database :"database" to archiver, catalog;
SQL
