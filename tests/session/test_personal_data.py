"""What session hands out of a person: to auth alone, of nobody else, and never all of it at once."""

import json
import tracemalloc
from contextlib import aclosing
from hashlib import sha256
from uuid import UUID

import httpx2
import pytest

from emergence.contracts.personal_data import ExportPiece, OfSession, RowPiece, RowsEnded, export_path
from emergence.kernel.ids import new_id
from emergence.kernel.service_tokens import ServiceTokens
from emergence.kernel.wire.in_process import InProcess
from emergence.kernel.wire.peers import Peers
from emergence.session.imports.take_in_legacy import take_in_legacy
from emergence.session.imports.take_over_documents import take_over_documents, take_over_uses, thread_source
from emergence.session.store.legacy_documents import DocumentUse, LegacyDocument
from emergence.session.store.personal_data import PERSONAL_TABLES
from tests.databases import administer
from tests.served_app import NO_CERTIFICATES
from tests.session.imports.bringing import brought, threads_of
from tests.session.imports.chatgpt_export import export, simple
from tests.session.imports.test_take_in_legacy import conversation
from tests.session.live_client import live_client
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession, session_environ

MESSAGES, MESSAGE_BYTES, MAY_BE_HELD_BYTES = 2_000, 40_000, 16 * 1024 * 1024


def client_of(served: ServedSession, caller: str = "auth") -> OfSession:
    tokens = ServiceTokens(session_environ("")["EMERGENCE_SERVICE_SECRET"], caller)
    peers = Peers()
    peers.connect("session", InProcess(served.app, service="session", tokens=tokens))
    return OfSession(peers)


async def heard(served: ServedSession, user_id: UUID) -> list[ExportPiece]:
    async with aclosing(client_of(served).export(user_id)) as pieces:
        return [piece async for piece in pieces]


async def test_only_ones_own_rows_are_in_it(served: ServedSession, ada: Person, bob: Person) -> None:
    tokens: list[str] = []
    for person, text in ((ada, "Ada's question"), (bob, "Bob's question")):
        async with live_client(served.url, person) as live:
            await live.send(text)
            await live.until("run.ended")
        made = await served.ask("POST", "/api/threads/folders", person, {"name": f"Folder of {text}"})
        assert made.status_code == 201
        assert (await brought(served, person, export(simple(text, text, "An answer"))))["imported"] == 1
        thread = (await threads_of(served, person))[0]["id"]
        shared = await served.ask("POST", f"/api/threads/{thread}/share", person, {})
        tokens.append(shared.json()["token"])

    pieces = await heard(served, ada.user_id)

    assert isinstance(pieces[-1], RowsEnded)
    rows = [(piece.table, json.loads(piece.text)) for piece in pieces if isinstance(piece, RowPiece)]
    assert {table for table, _ in rows} == {
        "runs", "frames", "topics", "messages", "threads", "commands", "live_sessions",
        "thread_folders", "imports", "import_origins", "shares",
    }  # fmt: skip
    assert {row["user_id"] for _, row in rows} == {str(ada.user_id)}
    assert "Bob's question" not in str(rows)
    assert not [token for token in tokens if token in str(rows) or sha256(token.encode()).hexdigest() in str(rows)]
    assert await heard(served, new_id()) == [RowsEnded()]


async def test_an_erased_person_leaves_nothing_not_even_what_they_had_deleted(
    served: ServedSession, ada: Person, bob: Person
) -> None:
    for person in (ada, bob):
        await served.ask("POST", "/api/threads/folders", person, {"name": "Work"})
        async with live_client(served.url, person) as live:
            kept, deleted = [await live.send("A heron") for _ in range(2)]
            for ack in (kept, deleted):
                if ack["run"] not in live.screen.ended:
                    await live.until("run.ended", run=ack["run"])
        assert (await served.ask("DELETE", f"/api/threads/{deleted['thread']}", person)).status_code == 200
        assert (await served.ask("POST", f"/api/threads/{kept['thread']}/share", person, {})).status_code == 201
        assert (await brought(served, person, export(simple("Terns", "Where?", "Here."))))["imported"] == 1
        await take_in_legacy(served.parts.database, person.user_id, conversation("Whence?", "Thence."), writes=True)
        await used_document(served, person)
    database = served.parts.database
    assert len({row["thread"] for row in await thread_rows(served, ada)}) == 4, "what is deleted can be exported"

    async with database.transaction() as tx:
        await served.parts.erasing.note(tx, ada.user_id)
    await served.parts.erasing.erase_due()

    tables = [*(table.name for table in PERSONAL_TABLES)]
    counts = {
        (table, name): (await database.fetch(f"SELECT 1 FROM {table} WHERE user_id = $1 LIMIT 1", person.user_id)) != []
        for table in tables
        for name, person in (("ada", ada), ("bob", bob))
    }
    assert counts == {(table, name): name == "bob" for table in tables for name in ("ada", "bob")}


async def used_document(served: ServedSession, person: Person) -> None:
    """Let a document of the former system be used in the conversation that came from there."""
    document = LegacyDocument(person.user_id, b"1", "1", "herons.pdf", None, None, None, None, None, None)
    use = DocumentUse(person.user_id, thread_source(conversation("Whence?").source_id), b"1", None, None)
    await take_over_documents(served.parts.database, [document], writes=True)
    await take_over_uses(served.parts.database, [use], writes=True)


async def thread_rows(served: ServedSession, person: Person) -> list[dict[str, str]]:
    pieces = await heard(served, person.user_id)
    return [
        {"thread": json.loads(piece.text)["id"]}
        for piece in pieces
        if isinstance(piece, RowPiece) and piece.table == "threads"
    ]


@pytest.mark.parametrize("caller", [None, "a person", "chat", "chat+session"])
async def test_nobody_but_auth_gets_anything(served: ServedSession, ada: Person, caller: str | None) -> None:
    headers = {} if caller is None else served.auth.bearer(ada)
    if caller in ("chat", "chat+session"):
        tokens = ServiceTokens(session_environ("")["EMERGENCE_SERVICE_SECRET"], caller)
        headers = {"authorization": f"Bearer {tokens.token_for('session')}"}

    async with httpx2.AsyncClient(
        base_url=served.url, headers=headers, trust_env=False, verify=NO_CERTIFICATES
    ) as client:
        answer = await client.post(export_path("session", ada.user_id))

    assert answer.status_code == (403 if caller in ("chat", "chat+session") else 401)


async def test_a_long_thread_is_never_held_whole(served: ServedSession, ada: Person, database_url: str) -> None:
    thread, length = new_id(), 0
    await administer(
        database_url,
        f"INSERT INTO session.threads VALUES ('{thread}', '{ada.user_id}', 'long', 'anima', 2000, now(), now())",
        f"""INSERT INTO session.messages (id, user_id, thread_id, turn, slot, role, status, parts, created_at)
            SELECT gen_random_uuid(), '{ada.user_id}', '{thread}', n, 0, 'user', 'complete',
                jsonb_build_array(jsonb_build_object('type', 'text', 'text', repeat('x', {MESSAGE_BYTES}))), now()
            FROM generate_series(1, {MESSAGES}) AS n""",
    )
    await heard(served, new_id())  # what is loaded once is not what is measured

    tracemalloc.start()
    try:
        async with aclosing(client_of(served).export(ada.user_id)) as pieces:
            async for piece in pieces:
                length += len(piece.text) if isinstance(piece, RowPiece) else 0
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert length > MESSAGES * MESSAGE_BYTES
    assert peak_bytes < MAY_BE_HELD_BYTES
