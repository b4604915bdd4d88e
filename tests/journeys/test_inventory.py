"""`emergence inventory`: what the databases hold, printed for whoever compares; no word of it, and no password."""

import json
from urllib.parse import urlsplit

import pytest

from tests.journeys.program import plain_environ, run_command


async def test_it_prints_tables_and_migrations_of_every_schema(database_url: str) -> None:
    environ = plain_environ(DATABASE_URL=database_url)
    assert (await run_command(("migrate",), environ)).status == 0
    elsewhere = urlsplit(database_url)._replace(
        netloc=f"{urlsplit(database_url).netloc.rpartition('@')[0]}@nowhere.invalid:{urlsplit(database_url).port}"
    )

    done = await run_command(("inventory", "--label", "backup 7", "--bracket", "0.2"), environ)
    asked = await run_command(
        ("inventory", "--host", str(urlsplit(database_url).hostname)), environ | {"DATABASE_URL": elsewhere.geturl()}
    )

    assert (done.status, len(done.out.splitlines())) == (0, 1)
    found = json.loads(done.out)["inventory"]
    (database,) = found["databases"].values()
    assert (found["label"], found["moment"][-1], database["unread"]) == ("backup 7", "Z", [])
    assert {"auth.users", "memory.turns", "chat.runs", "session.messages", "bus.schema_migrations"} <= {
        *database["tables"]
    }
    assert database["tables"]["auth.schema_migrations"][0]["rows"] > 2
    assert database["migrations"]["auth.auth"] > "0001"
    assert json.loads(asked.out)["inventory"]["databases"] == found["databases"]
    assert str(urlsplit(database_url).password) not in done.said


@pytest.mark.parametrize(
    ("url", "more", "status"),
    [
        ("postgresql://me:do-not-print-me@127.0.0.1:9/none", (), 1),
        ("postgresql:///none?host=/cloudsql/a", (), 2),
        ("postgresql://me:do-not-print-me@127.0.0.1:9/none", ("--host", "a/b"), 2),
        ("postgresql://me:do-not-print-me@127.0.0.1:9/none", ("--bracket", "-1"), 2),
    ],
)
async def test_what_cannot_be_asked_is_said(url: str, more: tuple[str, ...], status: int) -> None:
    done = await run_command(("inventory", *more), plain_environ(DATABASE_URL=url))

    assert (done.status, done.out) == (status, "")
    assert done.err.strip()
    assert "do-not-print-me" not in done.said
    assert "Traceback" not in done.err
