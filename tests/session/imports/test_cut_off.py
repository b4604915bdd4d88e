"""An import that is cut off leaves whole conversations only, and the same file goes on where it stopped."""

import asyncio
from datetime import timedelta

from emergence.session.sweep_storage import sweep_storage
from tests.session.imports.bringing import brought, ended, messages_of, sent, text_of, threads_of
from tests.session.imports.chatgpt_export import export, simple
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession, served_session, session_environ

MANY = 300
FILE = export(*(simple(f"Conversation {n}", "question", f"answer {n}") for n in range(MANY)))


async def begun(served: ServedSession, person: Person, least: int = 3) -> str:
    """Begin an import and return its id once some conversations are in."""
    import_id = str((await sent(served, person, FILE)).json()["id"])
    async with asyncio.timeout(30):
        while True:
            progress = (await served.get(f"/api/threads/imports/{import_id}", person)).json()
            if progress["imported"] >= least:
                assert progress["conversations"] == MANY
                return import_id
            await asyncio.sleep(0)


async def test_an_instance_that_goes_away_says_so_and_the_file_goes_on(database_url: str, ada: Person) -> None:
    async with served_session(session_environ(database_url)) as served:
        import_id = await begun(served, ada)
    async with served_session(session_environ(database_url)) as served:
        first = (await served.get(f"/api/threads/imports/{import_id}", ada)).json()
        assert first["state"] == "interrupted"
        assert 3 <= first["imported"] < MANY
        for thread in await threads_of(served, ada):
            said = await messages_of(served, ada, thread["id"])
            assert (text_of(said[0]), len(said)) == ("question", 2)

        second = await brought(served, ada, FILE)

        assert (second["known"], second["imported"]) == (first["imported"], MANY - first["imported"])


async def test_an_instance_that_dies_counts_as_gone_after_a_minute(served: ServedSession, ada: Person) -> None:
    import_id = await begun(served, ada)
    await served.parts.database.execute("UPDATE imports SET beat_at = now() - interval '2 minutes'")
    # the instance that seemed dead finds that it is no longer wanted
    assert (await ended(served, ada, import_id))["state"] in ("interrupted", "done")
    assert (await sent(served, ada, FILE)).status_code == 202


async def test_a_lost_database_connection_takes_and_counts_nothing_twice(served: ServedSession, ada: Person) -> None:
    import_id = await begun(served, ada)
    for _ in range(3):
        await served.parts.database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND application_name = 'emergence-session' AND pid <> pg_backend_pid()"
        )
        await asyncio.sleep(0.1)

    result = await ended(served, ada, import_id)

    assert (result["state"], result["imported"], result["known"]) == ("done", MANY, 0)
    row = await served.parts.database.fetchrow("SELECT count(*) AS count FROM threads WHERE user_id = $1", ada.user_id)
    assert row is not None and row["count"] == MANY


async def test_who_is_erased_meanwhile_stays_erased(served: ServedSession, ada: Person) -> None:
    await begun(served, ada)
    async with served.parts.database.transaction() as tx:
        await served.parts.erasing.note(tx, ada.user_id)

    await served.parts.erasing.erase_due()
    await asyncio.sleep(0.5)

    for table in ("imports", "threads", "messages", "import_origins", "search_texts"):
        row = await served.parts.database.fetchrow(
            f"SELECT count(*) AS count FROM {table} WHERE user_id = $1", ada.user_id
        )
        assert row is not None and row["count"] == 0, table


async def test_what_came_of_a_file_is_forgotten_after_a_month(served: ServedSession, ada: Person) -> None:
    result = await brought(served, ada, export(simple("One", "a", "b")))
    await served.parts.database.execute("UPDATE imports SET started_at = started_at - $1::interval", timedelta(days=31))
    await sweep_storage(served.parts)
    assert (await served.get(f"/api/threads/imports/{result['id']}", ada)).status_code == 404
    assert len(await threads_of(served, ada)) == 1
