"""What an older program can live with: what is known to add only, and nothing that merely looks like it."""

from pathlib import Path

import pytest

from operate.compatibility import contracting_in
from operate.place import REPOSITORY_ROOT

# Written before this was asked, or for a reason that stands in them; whatever comes later says `-- only adds: why`.
KNOWN = {
    "0001_turn_index.sql", "0002_drop_revoked_login_sessions.sql", "0002_feed.sql", "0003_drop_revoked_sessions.sql",
    "0003_items.sql", "0005_keys_and_revocations.sql", "0007_item_totals.sql", "0008_search.sql", "0009_branches.sql",
}  # fmt: skip


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE users;",
        "alter table users drop column name;",
        "ALTER TABLE users RENAME COLUMN name TO full_name;",
        "ALTER TABLE users RENAME TO people;",
        "ALTER TABLE users ALTER COLUMN age TYPE bigint;",
        "ALTER TABLE users ALTER COLUMN age SET NOT NULL;",
        "ALTER TABLE users ADD CONSTRAINT positive CHECK (age > 0);",
        "ALTER TABLE users ADD COLUMN born date NOT NULL;",
        "REVOKE SELECT ON users FROM emergence;",
        "ALTER TABLE users DROP name;",
        "ALTER TABLE users RENAME name TO full_name;",
        "ALTER TABLE users ADD born date NOT NULL;",
        'ALTER TABLE "users" ALTER "age" TYPE bigint;',
        "ALTER TABLE users SET SCHEMA old;",
        "ALTER TABLE users ADD COLUMN born date, DROP COLUMN age;",
        "ALTER TABLE users ADD PRIMARY KEY (id);",
        "CREATE UNIQUE INDEX ON users (name);",
        "DELETE FROM users;",
        "TRUNCATE users;",
        "WITH gone AS (DELETE FROM users RETURNING id) SELECT * FROM gone;",
        "ALTER TYPE mood RENAME VALUE 'glad' TO 'happy';",
        "INSERT INTO notes VALUES ('--'); DROP TABLE users;",
        "INSERT INTO notes VALUES ('it''s'); DROP TABLE users; --'",
        "INSERT INTO notes VALUES (E'\\''); DROP TABLE users; --');",
        "DO $$ BEGIN DROP TABLE users; END $$;",
        "SELECT $a$ $$ ; $a$; DROP TABLE users;",
        "CREATE TRIGGER no BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION refuse();",
        "ALTER TABLE users ENABLE ROW LEVEL SECURITY;",
        "/* CREATE TABLE users (id int); */ DROP TABLE users;",
        "-- only adds: nothing\nCREATE TABLE pets (id int); DROP TABLE users;",
    ],
)
def test_what_takes_something_away_is_found(sql: str) -> None:
    assert contracting_in(sql) is not None


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE pets (id uuid PRIMARY KEY, name text NOT NULL);",
        "ALTER TABLE users ADD COLUMN born date;",
        "ALTER TABLE users ADD COLUMN kind text NOT NULL DEFAULT 'person';",
        "CREATE INDEX CONCURRENTLY ON users (born);",
        "-- DROP TABLE users; comes in the next release\nALTER TABLE users ADD COLUMN born date;",
        "CREATE TABLE pets (id int); CREATE UNIQUE INDEX ON pets (id); ALTER TABLE pets ADD PRIMARY KEY (id);",
        "CREATE TABLE pets (id int); CREATE TRIGGER t AFTER UPDATE OR DELETE ON pets EXECUTE FUNCTION f();",
        "INSERT INTO notes VALUES ('; DROP TABLE users;');",
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $f$ DELETE FROM users; $f$;",
        "ALTER TABLE users ADD COLUMN mood text CHECK (mood IN ('glad', 'sad')), ADD COLUMN born date;",
        "ALTER TABLE users ALTER COLUMN name DROP NOT NULL;",
        "-- only adds: the new table's partitions\nDO $$ BEGIN PERFORM 1; END $$;",
        "/* RENAME TO */ GRANT SELECT ON users TO emergence;",
    ],
)
def test_what_only_adds_is_let_through(sql: str) -> None:
    assert contracting_in(sql) is None


def test_migrations_of_ours_say_what_nobody_could_know() -> None:
    found = {
        path.name
        for path in Path(REPOSITORY_ROOT, "src/emergence").rglob("migrations/*.sql")
        if contracting_in(path.read_text()) is not None
    }
    assert found <= KNOWN, f"say `-- only adds: why` before the statement, or contract later: {sorted(found - KNOWN)}"
