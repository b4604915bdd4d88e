"""A conversation of the former system is taken in once, goes on where more was said, and never comes back erased."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from emergence.contracts.session.carrying import CarriedThread
from emergence.session.imports.take_in_legacy import LegacyMessage, LegacyThread, take_in_legacy
from tests.session.imports.bringing import threads_of
from tests.session.live_client import live_client
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession

BEGUN = datetime(2024, 3, 4, 9, tzinfo=UTC)
Json = dict[str, Any]


def conversation(*said: str) -> LegacyThread:
    """Return one in which person and agent speak in turn."""
    messages = [_said(number, text) for number, text in enumerate(said)]
    head = CarriedThread(
        title="Treasure", agent="neo", created_at=BEGUN, updated_at=messages[-1].created_at, titled=True
    )
    return LegacyThread("t-1", head, messages)


def _said(number: int, text: str) -> LegacyMessage:
    role: Literal["user", "agent"] = "agent" if number % 2 else "user"
    at = BEGUN + timedelta(minutes=number)
    return LegacyMessage(f"m-{number}", role, "neo" if number % 2 else None, text, at)


def checksum(thread: LegacyThread) -> int:
    return sum(message.fingerprint() for message in thread.messages) % 2**256


async def shown(served: ServedSession, person: Person) -> list[str]:
    [thread] = await threads_of(served, person)
    page: Json = (await served.get(f"/api/threads/{thread['id']}/messages", person)).json()
    return ["".join(part["text"] for part in message["parts"]) for message in page["messages"]]


async def test_it_is_taken_in_once_and_read_back_as_it_was(served: ServedSession, ada: Person, bob: Person) -> None:
    database, thread = served.parts.database, conversation("Where?", "Under the oak.")

    dry = await take_in_legacy(database, ada.user_id, thread, writes=False)
    assert (dry.outcome, await threads_of(served, ada)) == ("imported", [])
    first = await take_in_legacy(database, ada.user_id, thread, writes=True)
    second = await take_in_legacy(database, ada.user_id, thread, writes=True)
    others = await take_in_legacy(database, bob.user_id, thread, writes=False)

    assert (first.outcome, first.added, first.stored, first.checksum) == ("imported", 2, 2, checksum(thread))
    assert (second.outcome, second.added, second.checksum) == ("present", 0, checksum(thread))
    assert others.outcome == "imported", "what one person has says nothing to another"
    assert await shown(served, ada) == ["Where?", "Under the oak."]
    assert await threads_of(served, bob) == []


async def test_what_was_said_since_goes_on_at_its_end(served: ServedSession, ada: Person) -> None:
    database = served.parts.database
    await take_in_legacy(database, ada.user_id, conversation("Where?"), writes=True)
    more = conversation("Where?", "Under the oak.", "Which one?", "The third.")

    dry = await take_in_legacy(database, ada.user_id, more, writes=False)
    taken = await take_in_legacy(database, ada.user_id, more, writes=True)

    assert [dry.outcome, dry.added, taken.outcome, taken.added] == ["continued", 3, "continued", 3]
    assert taken.checksum == checksum(more)
    assert await shown(served, ada) == ["Where?", "Under the oak.", "Which one?", "The third."]


async def test_where_it_went_on_here_what_was_said_there_is_a_branch(served: ServedSession, ada: Person) -> None:
    database = served.parts.database
    await take_in_legacy(database, ada.user_id, conversation("Where?", "Under the oak."), writes=True)
    [thread] = await threads_of(served, ada)
    async with live_client(served.url, ada) as live:
        await live.send("And when?", thread=thread["id"])
        await live.until("run.ended")
    before = await shown(served, ada)

    taken = await take_in_legacy(
        database, ada.user_id, conversation("Where?", "Under the oak.", "Which one?"), writes=True
    )

    assert (taken.outcome, taken.added, taken.stored) == ("continued", 1, 3)
    assert await shown(served, ada) == before
    page: Json = (await served.get(f"/api/threads/{thread['id']}/messages", ada)).json()
    assert [len(message["siblings"]) for message in page["messages"]][2] == 2


async def test_what_was_deleted_or_erased_here_does_not_come_back(served: ServedSession, ada: Person) -> None:
    database, thread = served.parts.database, conversation("Where?", "Under the oak.")
    await take_in_legacy(database, ada.user_id, thread, writes=True)
    [listed] = await threads_of(served, ada)
    assert (await served.ask("DELETE", f"/api/threads/{listed['id']}", ada)).status_code in (200, 204)

    deleted = await take_in_legacy(database, ada.user_id, thread, writes=True)
    await database.execute("DELETE FROM threads WHERE user_id = $1", ada.user_id)
    erased = await take_in_legacy(database, ada.user_id, conversation("Where?", "Under", "More"), writes=True)

    assert [(taken.outcome, taken.added, taken.checksum) for taken in (deleted, erased)] == [("gone", 0, None)] * 2
    assert await threads_of(served, ada) == []
