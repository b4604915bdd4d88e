"""What is forgotten while something else goes on leaves nothing behind, and nobody waits in a circle.

Each test stops both sides at a known place: by a lock that a third connection holds until both wait.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from emergence.contracts.memory.items import ChangeItem, Forget, WriteItem
from emergence.contracts.memory.problems import UnknownItem
from emergence.contracts.memory.recollection import NoteUses
from emergence.contracts.session.events import MessageChanged
from emergence.contracts.session.said import ReadSaid, Said, SaidMessage
from emergence.kernel.storage.database import Transaction
from emergence.memory.gardening.tend_thread import tend_thread
from emergence.memory.items.export import export_json
from emergence.memory.items.forget import forget
from emergence.memory.items.write import change_item, write_item
from emergence.memory.note_uses import note_uses
from emergence.memory.on_events import OnEvents
from emergence.memory.parts import Memory
from emergence.memory.read_threads import read_due
from emergence.memory.store import consolidations, reads
from emergence.memory.store.locks import hold_items, hold_passages
from tests.memory.gardening.test_tend_thread import TRIP, idle
from tests.memory.kept_items import know
from tests.memory.said_turns import THEN, keep
from tests.memory.served_memory import until
from tests.session.neighbours import Person

PATIENCE_S = 20.0
SAID = "My sister is called Odalys."
Stopping = Callable[[Transaction, UUID], Awaitable[object]]


async def together(
    memory: Memory,
    person: Person,
    stop: Stopping,
    *begun: Coroutine[Any, Any, Any],
    meanwhile: Awaitable[object] | None = None,
) -> list[Any]:
    """Begin one after the other, each as soon as the one before waits; then let them go on, and return what they did.

    They wait for what `stop` holds, or for each other; `meanwhile` is done while they wait.
    """
    is_held, may_go = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with memory.rows.of(person.user_id) as tx:
            await stop(tx, person.user_id)
            is_held.set()
            await may_go.wait()

    tasks = [asyncio.create_task(hold())]
    async with asyncio.timeout(PATIENCE_S):
        await is_held.wait()
        for each in begun:
            tasks.append(task := asyncio.create_task(each))

            async def has_come_far_enough(task: asyncio.Task[Any] = task) -> bool:
                return task.done() or await waiting(memory) >= sum(not each.done() for each in tasks[1:])

            await until(has_come_far_enough)
        if meanwhile is not None:
            await meanwhile
        may_go.set()
        return (await asyncio.gather(*tasks, return_exceptions=True))[1:]


async def waiting(memory: Memory) -> int:
    """Return how many connections wait for a lock."""
    row = await memory.database.fetchrow(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    assert row is not None
    return int(row[0])


async def count(memory: Memory, person: Person, table: str) -> int:
    async with memory.rows.of(person.user_id) as tx:
        return int(await tx.fetchval(f"SELECT count(*) FROM {table}"))


async def message_in(memory: Memory, person: Person, thread: UUID | None) -> UUID:
    async with memory.rows.of(person.user_id) as tx:
        found: UUID = await tx.fetchval("SELECT message_id FROM turns WHERE thread_id = $1 ORDER BY position", thread)
        return found


def used(person: Person, item: UUID) -> NoteUses:
    return NoteUses.model_validate(
        {"user_id": person.user_id, "run_id": uuid4(), "thread_id": uuid4(), "used": [{"id": item, "why": {}}]}
    )


@dataclass(frozen=True)
class SaidAgain:
    """A session that has these messages."""

    messages: Sequence[SaidMessage]

    async def read(self, _: ReadSaid) -> Said:
        return Said(messages=list(self.messages))


def reading(memory: Memory, message: UUID) -> Memory:
    """Return memory beside a session that has one message."""
    said = SaidMessage(message_id=message, position=0, role="user", agent=None, said_at=THEN, text=SAID)
    return replace(memory, said=SaidAgain([said]))  # type: ignore[arg-type]


async def note(memory: Memory, person: Person, thread: UUID) -> None:
    async with memory.database.transaction() as tx:
        await reads.note_thread(tx, person.user_id, thread, memory.clock.now())


async def test_what_is_forgotten_while_its_thread_is_read_is_not_kept(memory: Memory, ada: Person) -> None:
    await note(memory, ada, uuid4())
    message = uuid4()

    forgetting = forget(memory, ada.user_id, Forget(turns=[message]))
    gone, read = await together(memory, ada, hold_items, forgetting, read_due(reading(memory, message)))
    assert (gone.turns, read) == (0, True)

    assert await count(memory, ada, "turns") == 0
    assert await count(memory, ada, "items") == 0


async def test_what_is_forgotten_while_an_answer_that_used_it_ends_leaves_no_use(memory: Memory, ada: Person) -> None:
    item, _ = await know(memory, ada, "Allergic to nuts", said=SAID)

    forgetting = forget(memory, ada.user_id, Forget(items=[item]))
    gone, noted = await together(memory, ada, hold_passages, forgetting, note_uses(memory, used(ada, item)))
    assert (gone.items, noted) == (1, 0)

    assert await count(memory, ada, "uses") == 0


async def test_what_is_forgotten_while_its_thread_is_consolidated_is_in_no_digest(memory: Memory, ada: Person) -> None:
    thread = await keep(memory, ada, [*TRIP, "The lighthouse on the northern coast opens in April, at noon."])
    due, first = await idle(memory, ada, thread), await message_in(memory, ada, thread)

    async def hold(tx: Transaction, _: UUID) -> None:
        assert await consolidations.hold(tx, due)

    forgetting = forget(memory, ada.user_id, Forget(turns=[first]))
    assert await together(memory, ada, hold, tend_thread(memory, due), meanwhile=forgetting) == [None]

    assert await count(memory, ada, "items WHERE body LIKE '%daughter%'") == 0
    await tend_thread(memory, due)
    assert await count(memory, ada, "items WHERE kind = 'summary'") == 1, "what is left is read again"
    assert await count(memory, ada, "items WHERE body LIKE '%daughter%'") == 0


async def test_what_is_forgotten_can_not_be_corrected_at_the_same_time(memory: Memory, ada: Person) -> None:
    item, _ = await know(memory, ada, "Allergic to nuts", said=SAID)

    forgetting = forget(memory, ada.user_id, Forget(items=[item]))
    changing = change_item(memory, ada.user_id, item, ChangeItem(text="Allergic to peanuts"))
    gone, changed = await together(memory, ada, hold_passages, forgetting, changing)
    assert (gone.items, gone.turns, type(changed)) == (1, 1, UnknownItem)

    assert await count(memory, ada, "items") == 0


async def test_what_is_forgotten_while_everything_is_taken_along_is_not_in_what_is_read_later(
    memory: Memory, ada: Person
) -> None:
    first, _ = await know(memory, ada, "Allergic to nuts")
    async with memory.rows.of(ada.user_id) as tx:
        await tx.execute(
            """
            INSERT INTO items (user_id, id, kind, body, language, terms, importance, confidence, origin, recorded_at)
            SELECT $1, gen_random_uuid(), 'note', 'Note ' || n, '', '', 0.5, 1, 'written', now()
            FROM generate_series(1, 300) AS n
            """,
            ada.user_id,
        )

    taken = export_json(memory, ada.user_id)
    parts = [await anext(taken), await anext(taken)]
    await forget(memory, ada.user_id, Forget(items=[first]))
    parts += [part async for part in taken]

    assert "Note 300" in "".join(parts)
    assert "nuts" not in "".join(parts)


async def test_a_message_that_changes_while_it_is_forgotten_makes_no_circle(memory: Memory, ada: Person) -> None:
    item, thread = await know(memory, ada, "Allergic to nuts", said=SAID, origin="said")
    assert thread is not None
    changed = MessageChanged(user_id=ada.user_id, thread_id=thread, message_id=await message_in(memory, ada, thread))

    async def change() -> None:
        async with memory.database.transaction() as tx:
            await OnEvents(memory).on_message_changed(tx, changed)

    async def hold_quote(tx: Transaction, _: UUID) -> None:
        await tx.execute("SELECT FROM item_sources FOR UPDATE")

    forgetting = forget(memory, ada.user_id, Forget(items=[item]))
    results = await together(memory, ada, hold_quote, change(), forgetting)
    assert [each for each in results if isinstance(each, Exception)] == []

    for table in ("turns", "items", "item_sources"):
        assert await count(memory, ada, table) == 0


async def test_who_writes_and_is_read_for_the_first_time_makes_no_circle(memory: Memory, ada: Person) -> None:
    await note(memory, ada, uuid4())

    writing = write_item(memory, ada.user_id, WriteItem(kind="note", text="Buy bread."))
    results = await together(memory, ada, hold_items, read_due(reading(memory, uuid4())), writing)
    assert [each for each in results if isinstance(each, Exception)] == []

    assert await count(memory, ada, "turns") == 1
