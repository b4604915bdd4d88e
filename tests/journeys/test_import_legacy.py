"""`emergence import-legacy`, as a real process: twice, killed, dry, and beside the product that still writes."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.journeys.every_row import TABLES
from tests.journeys.program import PATIENCE_S, Done, plain_environ, run_command
from tests.legacy.former_database import ADA, BOB, EVE, FormerDatabase, at, hash_of, large_database, messy_database

SECRET = "5e1d0c9b8a7f6e4d3c2b1a0f9e8d7c6b5a49"
THREADS, MESSAGES = 120, 6
Json = dict[str, Any]


@pytest.fixture
def services() -> tuple[str, ...]:
    return ("auth", "session", "chat")


@pytest.fixture
def production(database_url: str) -> dict[str, str]:
    """What a job beside a production deployment is given."""
    return plain_environ(DATABASE_URL=database_url, AUTH_JWT_SECRET=SECRET)


@pytest.fixture
async def database(database_url: str) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


@pytest.fixture
def messy(tmp_path: Path) -> FormerDatabase:
    return messy_database(tmp_path / "emergence_v7.db")


async def import_legacy(environ: dict[str, str], file: Path, *words: str) -> Done:
    done = await run_command(("import-legacy", str(file), *words), environ)
    assert "Traceback" not in done.said, done.said
    return done


async def bring(environ: dict[str, str], former: FormerDatabase, *words: str) -> Json:
    """Import and return what became of each table; nothing may go wrong."""
    done = await import_legacy(environ, former.file, "--json", *words)
    assert done.status == 0, done.said
    told: Json = json.loads(done.out)
    assert told["agree"]
    return told


def counts(told: Json, *names: str) -> dict[str, tuple[int, ...]]:
    return {table: tuple(of[name] for name in names) for table, of in told["tables"].items()}


async def contents(database: "asyncpg.Connection[asyncpg.Record]") -> dict[str, str]:
    """Return a digest of every table there is."""
    return {
        f"{schema}.{name}": await database.fetchval(
            f"SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) FROM {schema}.{name} AS t"
        )
        for schema, name in await database.fetch(TABLES)
    }


async def test_everything_odd_is_counted_and_a_second_run_brings_nothing_new(
    production: dict[str, str], database: "asyncpg.Connection[asyncpg.Record]", messy: FormerDatabase, tmp_path: Path
) -> None:
    before = await contents(database)
    dry = await bring(production, messy, "--dry-run")
    assert await contents(database) == before, "a dry run writes nothing"

    refusals = tmp_path / "refused.jsonl"
    first = await bring(production, messy, "--refused", str(refusals), "--oauth-issuer", "https://accounts.google.com")
    second = await bring(production, messy)

    expected = {
        "auth_allowlist": (6, 4, 0, 2), "auth_sessions": (1, 0, 0, 0), "auth_audit_log": (4, 4, 0, 0),
        "threads": (8, 5, 0, 3), "messages": (18, 10, 2, 6), "thread_docs": (6, 2, 1, 3), "documents": (4, 2, 0, 2),
        "document_chunks": (0, 0, 0, 0), "costs": (2, 2, 0, 0), "sessions": (3, 1, 1, 1),
    }  # fmt: skip
    assert counts(first, "read", "imported", "copies", "refused") == expected
    assert counts(dry, "read", "imported", "copies", "refused") == expected
    for table, (read, imported, copies, refused) in expected.items():
        assert counts(second, "read", "imported", "present", "copies", "refused")[table] == (
            read, 0, imported, copies, refused,
        )  # fmt: skip
        assert first["tables"][table]["checksum_source"] == second["tables"][table]["checksum_target"]
    assert (first["unknown_tables"], first["unknown_columns"]) == (
        ["monitoring"], {"auth_allowlist": ["favourite_colour"]},
    )  # fmt: skip
    lines = [json.loads(line) for line in refusals.read_text().splitlines()]
    assert {(line["table"], line["row"]) for line in lines if "refused" in line} >= {
        ("messages", "t-1-y"), ("messages", "lost"), ("threads", "t-5"), ("sessions", "s-bad"),
        ("auth_allowlist", "tess@example.org"), ("documents", 3), ("thread_docs", "t-3 1"), ("thread_docs", "t-5 1"),
    }  # fmt: skip


async def test_what_was_brought_is_each_persons_own(
    production: dict[str, str], database: "asyncpg.Connection[asyncpg.Record]", messy: FormerDatabase
) -> None:
    await bring(production, messy, "--same-person", f"999={BOB}")

    addresses = await database.fetch("SELECT email_norm, user_id FROM auth.user_emails")
    owners = {row["email_norm"]: row["user_id"] for row in addresses}
    people = {row["id"]: row for row in await database.fetch("SELECT * FROM auth.users")}
    assert {email: (people[who]["role"], people[who]["status"]) for email, who in owners.items()} == {
        ADA: ("admin", "active"), BOB: ("member", "active"), EVE: ("member", "suspended"),
        "gus@example.org": ("guest", "active"),
    }  # fmt: skip
    rows = await database.fetch(
        """SELECT threads.user_id, title, threads.agent, archived_at IS NOT NULL AS archived,
               array_agg((messages.role, messages.agent, parts -> 0 ->> 'text')::text ORDER BY turn, slot) AS said
           FROM session.threads JOIN session.messages ON thread_id = threads.id GROUP BY threads.id"""
    )
    told = {row["title"]: row for row in rows}
    assert told["Treasure"]["user_id"] == owners[ADA]
    assert (told["Treasure"]["agent"], told["Treasure"]["archived"]) == ("neo", True)
    assert told["Treasure"]["said"] == [
        '(user,,"Where does the treasure lie?")', '(agent,neo,"Under the oak.")', '(agent,Oracle,"No time at all.")',
    ]  # fmt: skip
    assert [text.split(",")[1] for text in told["Where does the treasure lie?"]["said"]] == [
        "system", "", "anima", "note",
    ]  # fmt: skip
    assert {title: told[title]["user_id"] for title in ("Clé", "By its session.", "Whose is this?")} == dict.fromkeys(
        ("Clé", "By its session.", "Whose is this?"), owners[BOB]
    )
    assert told["Eve was here."]["user_id"] == owners[EVE]
    assert len(told["An older talk about lighthouses."]["said"]) == 2
    assert await database.fetchval("SELECT count(*) FROM session.outbox WHERE name LIKE '%thread_imported%'") == 7
    costs = await database.fetch("SELECT user_id, cost_usd::text, input_tokens FROM chat.legacy_costs ORDER BY user_id")
    assert [tuple(row) for row in costs] == [(owners[ADA], "0.1", 10), (None, "0.1", None)]
    events = await database.fetch("SELECT type, actor, subject, data FROM auth.legacy_audit_log ORDER BY at")
    assert [tuple(row) for row in events] == [
        ("login", owners[ADA], owners[ADA], '{"ip": "192.0.2.7"}'),
        ("login", owners[ADA], owners[ADA], '{"ip": "192.0.2.7"}'),
        ("denied", None, None, None),
        ("revoke", owners[ADA], owners[EVE], None),
    ]
    assert await database.fetchval("SELECT count(*) FROM auth.audit_log WHERE type = 'account.imported'") == 4
    shown = await run_command(("admin", "former-audit", "--last", "2"), production)
    assert shown.out.splitlines() == [
        f"2024-03-04 09:39  revoke  by Ada@Example.org  of {EVE}", "2024-03-04 09:32  denied  by ?",
    ]  # fmt: skip


async def test_killed_at_any_row_it_goes_on_and_ends_as_if_it_had_not_been(
    production: dict[str, str], database: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    former = large_database(tmp_path / "large.db", THREADS, MESSAGES)
    said: list[int] = []
    for wanted in (1, 150, 400):
        await killed_once(production, former, wanted, database)
        said.append(await stored(database))

    two = await asyncio.gather(bring(production, former), bring(production, former))

    assert all(count % MESSAGES == 0 for count in said), "each conversation is whole or not there at all"
    assert 0 < said[0] < said[-1] < THREADS * MESSAGES, said
    new = [counts(told, "imported")["messages"][0] for told in two]
    assert sum(new) == THREADS * MESSAGES - said[-1], "two at once share what is left"
    assert await stored(database) == THREADS * MESSAGES
    assert await database.fetchval("SELECT count(*) FROM session.threads") == THREADS
    assert await database.fetchval("SELECT count(*) FROM auth.users") == 1


async def test_it_sees_one_moment_and_later_brings_what_was_said_since(
    production: dict[str, str], database: "asyncpg.Connection[asyncpg.Record]", messy: FormerDatabase
) -> None:
    file = sha256(messy.file.read_bytes()).hexdigest()
    await bring(production, messy)
    assert sha256(messy.file.read_bytes()).hexdigest() == file
    before = await database.fetchval("SELECT id FROM session.threads WHERE title = 'Clé'")
    messy.message("t-3-1", "t-3", "assistant", "Sous le troisième pot.", at(5), agent_id="nexus")
    messy.message("t-3-2", "t-3", "user", "Merci !", at(6), user_id="17")
    messy.thread("t-9", hash_of(ADA), [("user", "A new talk.")])
    messy.connection.execute("UPDATE documents SET status = 'ready', error_message = NULL WHERE id = 2")

    told = await bring(production, messy)
    again = await bring(production, messy)

    assert counts(told, "imported")["messages"] == (3,)
    assert counts(told, "imported")["threads"] == (1,)
    assert counts(again, "imported")["messages"] == (0,)
    documents = await database.fetch(
        """SELECT filename, file_path, status, characters, chunks, problem, email_norm, title, weight
           FROM session.legacy_documents JOIN auth.user_emails USING (user_id)
           LEFT JOIN session.legacy_thread_documents USING (user_id, source)
           LEFT JOIN session.threads ON threads.id = thread_id ORDER BY former_id"""
    )
    assert [tuple(row) for row in documents] == [
        ("a.pdf", "uploads/1_a.pdf", "ready", 1200, 3, None, ADA, "Treasure", 0.5),
        ("b.md", None, "ready", None, None, None, BOB, "Clé", None),
    ]
    rows = await database.fetch(
        """WITH RECURSIVE way AS (
               SELECT messages.*, 0 AS step FROM session.threads JOIN session.messages ON messages.id = leaf_id
               WHERE threads.id = $1
               UNION ALL
               SELECT earlier.*, step + 1 FROM way JOIN session.messages AS earlier ON earlier.id = way.parent_id
           ) SELECT parts -> 0 ->> 'text' AS text, agent FROM way ORDER BY step DESC""",
        before,
    )
    assert [tuple(row) for row in rows] == [
        ("La clé est sous le pot de géraniums.", None), ("Sous le troisième pot.", "nexus"), ("Merci !", None),
    ]  # fmt: skip


@pytest.mark.parametrize("has_seconds", [True, False])
async def test_a_session_that_became_a_thread_since_goes_on_where_it_was(
    production: dict[str, str], database: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path, *, has_seconds: bool
) -> None:
    former = FormerDatabase(tmp_path / "emergence_v7.db")
    former.person(BOB)
    said = [("user", "Where is the key?"), ("assistant", "Under the pot."), ("user", "Yes."), ("user", "Yes.")]
    listed: list[Json] = [{"role": role, "content": text} for role, text in said]
    if has_seconds:
        listed = [each | {"timestamp": at(number)} for number, each in enumerate(listed)]
    former.add("sessions", id="s-1", user_id=BOB, created_at=at(0), session_data=json.dumps(listed))
    first = await bring(production, former)
    former.thread("s-1", hash_of(BOB), [*said, ("assistant", "Yes.")], title="Key")

    second = await bring(production, former)
    third = await bring(production, former)

    kept = len(said) - (0 if has_seconds else 1)  # in one second, the same words are a copy
    assert counts(first, "imported", "refused")["sessions"] == (1, 0)
    assert counts(second, "present", "refused")["threads"] == (1, 0)
    assert counts(second, "imported", "present", "refused")["messages"] == (5 - kept, kept, 0)
    assert counts(second, "copies")["sessions"] == (1,)
    assert counts(third, "imported", "present", "refused")["messages"] == (0, 5, 0)
    rows = await database.fetch("SELECT parts -> 0 ->> 'text' AS text FROM session.messages ORDER BY turn, slot")
    assert [row["text"] for row in rows][:3] == [text for _, text in said][:3]
    assert len(rows) == 5
    assert await database.fetchval("SELECT count(*) FROM session.threads") == 1


async def test_what_was_changed_here_shows_in_the_checksums(
    production: dict[str, str], database: "asyncpg.Connection[asyncpg.Record]", messy: FormerDatabase
) -> None:
    await bring(production, messy)
    await database.execute(
        """UPDATE session.messages SET parts = '[{"kind": "text", "text": "Under the elm."}]'
           WHERE parts -> 0 ->> 'text' = 'Under the oak.'"""
    )

    done = await import_legacy(production, messy.file)

    assert done.status == 1
    assert "DIFFERENT" in done.out and "docs/legacy-import.md" in done.err


async def test_what_cannot_be_done_is_said_in_one_line(
    production: dict[str, str], empty_database_url: str, messy: FormerDatabase, tmp_path: Path
) -> None:
    new = production | {"DATABASE_URL": empty_database_url}

    told = [
        (await import_legacy(production, tmp_path / "none.db"), "there is no such file"),
        (await import_legacy(new, messy.file, "--dry-run"), "a dry run writes nothing"),
    ]

    for done, words in told:
        assert (done.status, done.out, len(done.err.splitlines())) == (1, "", 1), done.said
        assert words in done.err, done.err
    assert not (tmp_path / "none.db").exists()


async def stored(database: "asyncpg.Connection[asyncpg.Record]") -> int:
    count: int = await database.fetchval("SELECT count(*) FROM session.messages")
    return count


async def killed_once(
    environ: dict[str, str],
    former: FormerDatabase,
    messages: int,
    database: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    """Begin an import and end it without a warning once there are so many messages here."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "emergence", "import-legacy", str(former.file),
        env=environ, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    async with asyncio.timeout(PATIENCE_S):
        while await stored(database) < messages:
            assert process.returncode is None, "it was done before it could be killed: make the file larger"
            await asyncio.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    assert await process.wait() == -signal.SIGKILL
