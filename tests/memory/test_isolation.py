"""Two people on every path: nobody reads, forgets or finds anything of somebody else, not even by a forgotten WHERE."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from urllib.parse import urlsplit

import pytest

from emergence.kernel.settings import SettingsInvalid
from emergence.kernel.storage.database import Database
from emergence.kernel.storage.embedded.cluster import ROLE, _single_user
from emergence.kernel.storage.embedded.postgres import EmbeddedPostgres
from emergence.kernel.storage.row_security import GuardedRows
from emergence.memory.store.personal_data import PERSONAL_TABLES
from tests.databases import administer
from tests.memory.items_at import ITEMS, call, write
from tests.memory.served_memory import ServedMemory, ids, memory_environ, served_memory
from tests.session.neighbours import Person
from tests.session.threads.talking import shown, talked


@pytest.fixture
async def both(served: ServedMemory, ada: Person, bob: Person) -> AsyncIterator[ServedMemory]:
    """Both have said something, and had something forgotten."""
    for person, name in ((ada, "Ada"), (bob, "Bob")):
        thread = await talked(served.session, person, f"{name} likes figs.", answers=[f"Figs, {name}."])
        await served.remembers(person, f"{name} likes figs.", f"Figs, {name}.")
        answer_id = ids(await shown(served.session, person, thread))[1]
        assert (await served.ask("DELETE", f"/api/memory/turns/{answer_id}", person)).status_code == 204
        note = await write(served, person, f"{name}'s note.")
        await call(served, person, "PATCH", f"{ITEMS}/{note}", {"text": f"{name}'s corrected note."})
        await call(served, person, "PUT", "/api/memory/choices", {"remembers": True, "hints": False})
    yield served


async def test_a_query_without_a_condition_sees_ones_own_rows_alone(
    both: ServedMemory, ada: Person, bob: Person
) -> None:
    async with both.parts.rows.of(ada.user_id) as tx:
        for table in ("turns", "tombstones"):
            assert {row["user_id"] for row in await tx.fetch(f"SELECT user_id FROM {table}")} == {ada.user_id}
        changed = await tx.execute("UPDATE turns SET body = 'Ada was here' WHERE user_id = $1", bob.user_id)
    assert changed == "UPDATE 0"
    assert await both.bodies(bob) == ["Bob likes figs."]


async def test_the_user_of_a_transaction_does_not_outlive_it(both: ServedMemory, ada: Person) -> None:
    for _ in range(8):  # every connection of the pool
        async with both.parts.rows.of(ada.user_id) as tx:
            assert await tx.fetch("SELECT 1 FROM turns") != []
        assert await both.parts.database.fetch("SELECT 1 FROM turns") == []


async def test_the_role_cannot_pass_the_policies(both: ServedMemory) -> None:
    may = await both.parts.database.fetchrow(
        "SELECT rolsuper OR rolbypassrls AS may FROM pg_roles WHERE rolname = current_user"
    )
    assert may is not None
    assert not may["may"]


async def test_what_is_kept_is_read_and_forgotten_by_its_owner_alone(
    both: ServedMemory, ada: Person, bob: Person
) -> None:
    async with both.parts.rows.of(ada.user_id) as tx:
        (row,) = await tx.fetch("SELECT message_id FROM turns")
    path = f"/api/memory/turns?id={row['message_id']}"

    assert (await both.ask("GET", path, bob)).json() == {"turns": [], "next": None}
    refused = await both.ask("DELETE", f"/api/memory/turns/{row['message_id']}", bob)
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_turn")
    strangers = [await both.ask("GET", path, None), await both.ask("DELETE", path.replace("?id=", "/"), None)]
    assert [answer.status_code for answer in strangers] == [401, 401]
    assert [turn["text"] for turn in (await both.ask("GET", path, ada)).json()["turns"]] == ["Ada likes figs."]


async def test_nobody_sees_or_touches_items_of_somebody_else(both: ServedMemory, ada: Person, bob: Person) -> None:
    (item,) = (await call(both, ada, "GET", ITEMS))["items"]
    turn = (await call(both, ada, "GET", "/api/memory/turns"))["turns"][0]["message"]
    path = f"{ITEMS}/{item['id']}"

    for method, body in (
        ("GET", None),
        ("PATCH", {"text": "Bob was here"}),
        ("PATCH", {"pinned": True}),
        ("DELETE", None),
    ):
        assert (await call(both, bob, method, path, body, status=404))["code"] == "unknown_item"
    gone = await call(both, bob, "POST", "/api/memory/forget", {"items": [item["id"]], "turns": [turn]})
    preview = await call(both, bob, "POST", "/api/memory/forget/preview", {"about": "Ada"})
    found = await call(both, bob, "GET", "/api/memory/search?q=Ada")
    listed = [await call(both, bob, "GET", path) for path in (ITEMS, f"{ITEMS}?state=superseded", "/api/memory/turns")]

    assert gone == {"items": 0, "turns": 0}
    assert (preview, found) == ({"items": [], "turns": [], "is_cut": False}, {"items": [], "turns": [], "similar": []})
    assert "Ada" not in json.dumps([*listed, await call(both, bob, "GET", "/api/memory/export")])
    assert (await call(both, ada, "GET", path))["item"] == item
    assert await both.bodies(ada) == ["Ada likes figs."]


async def test_an_export_holds_ones_own_rows_and_no_others(both: ServedMemory, ada: Person) -> None:
    rows = [(table, json.loads(text)) for table, text in await both.exported(ada)]

    tables = [table for table, _ in rows]
    assert sorted(tables) == ["choices", "items", "items", "links", "tombstones", "tombstones", "turns"]
    assert {row["user_id"] for _, row in rows} == {str(ada.user_id)}
    assert rows[tables.index("turns")][1]["body"] == "Ada likes figs."


async def test_an_erased_person_leaves_nothing_and_others_everything(
    both: ServedMemory, ada: Person, bob: Person
) -> None:
    async with both.parts.database.transaction() as tx:
        await both.parts.erasing.note(tx, ada.user_id)
    await both.parts.erasing.erase_due()

    counts = {}
    for person, name in ((ada, "ada"), (bob, "bob")):
        async with both.parts.rows.of(person.user_id) as tx:
            for table in PERSONAL_TABLES:
                counts[name, table.name] = await tx.fetchval(
                    f"SELECT count(*) FROM {table.name} WHERE user_id = $1", person.user_id
                )
    assert {table for (name, table), count in counts.items() if count and name == "ada"} == set()
    assert {table: count for (name, table), count in counts.items() if count and name == "bob"} == {
        "people": 1, "turns": 1, "tombstones": 2, "tombstone_keys": 1, "consolidations_due": 2, "items": 2, "links": 1,
        "choices": 1,
    }  # fmt: skip


@pytest.fixture
async def superuser_url() -> AsyncIterator[str]:
    """A server of its own, of which the address is its superuser's: what people often give a service."""
    folder = Path(mkdtemp(prefix="emergence-superuser-"))
    folder.chmod(0o711)  # noqa: ASYNC240 - a moment
    engine = EmbeddedPostgres(folder / "postgres")
    _single_user(cluster := await engine._prepared(), cluster.data, f"ALTER ROLE {ROLE} SUPERUSER;\n")
    try:
        async with engine as running:
            yield running.url
    finally:
        rmtree(folder, ignore_errors=True)


async def test_a_superuser_takes_on_a_role_that_cannot_pass_the_policies(
    superuser_url: str, ada: Person, bob: Person
) -> None:
    for _ in range(2):  # the second start finds the role
        async with served_memory(memory_environ(superuser_url)) as served:
            for person, name in ((ada, "Ada"), (bob, "Bob")):
                await talked(served.session, person, f"{name} likes figs.", answers=["Ah."])
            await served.settled()
            async with served.parts.rows.of(ada.user_id) as tx:
                assert {row["user_id"] for row in await tx.fetch("SELECT user_id FROM turns")} == {ada.user_id}
                assert await tx.fetchval("SELECT current_user") == "emergence_memory_rows"
            assert len(await served.parts.database.fetch("SELECT 1 FROM turns")) >= 4, "outside it passes them"


async def test_a_role_that_passes_them_and_may_make_no_other_is_refused(superuser_url: str) -> None:
    await administer(superuser_url, "CREATE ROLE passes LOGIN BYPASSRLS PASSWORD 'figs'")
    url = urlsplit(superuser_url)
    database = Database(url._replace(netloc=f"passes:figs@{url.hostname}:{url.port}").geturl(), "memory")
    try:
        with pytest.raises(SettingsInvalid, match="NOBYPASSRLS"):
            await GuardedRows(database).prepare()
    finally:
        await database.close()
