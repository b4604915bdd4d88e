"""One person's import keeps nobody waiting: people are read in turn, and what waits in vain for it has not failed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from emergence.contracts.session.said import MESSAGES_AT_ONCE, ReadSaid, Said, SaidMessage
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction
from emergence.memory.embed_turns import embed_due
from emergence.memory.embedders import Embedders
from emergence.memory.gardening.keep_gardening import tend_due
from emergence.memory.parts import Memory
from emergence.memory.read_page import KEPT_AT_ONCE
from emergence.memory.read_threads import keep_reading, read_due
from emergence.memory.store import consolidations, reads
from emergence.memory.store.locks import HeldTooLong, hold_items
from tests.memory.kept_items import know
from tests.memory.kept_rows import kept_memory
from tests.memory.said_turns import THEN, keep
from tests.memory.served_memory import until
from tests.memory.test_embed_turns import LetterCounts
from tests.session.neighbours import Person

PAGES = 3
PATIENCE_S = 20.0


@pytest.fixture
async def memory(database_url: str) -> AsyncIterator[Memory]:
    async with kept_memory(database_url) as parts:
        yield parts


async def nothing_more(_: UUID) -> None:
    pass


@dataclass
class Sessions:
    """A session in which one person has a long thread, and others one message in each."""

    long: UUID
    meanwhile: Callable[[UUID], Awaitable[None]] = nothing_more
    asked: list[UUID] = field(default_factory=list)
    ids: list[UUID] = field(default_factory=lambda: sorted(new_id() for _ in range(PAGES * MESSAGES_AT_ONCE)))

    async def read(self, asked: ReadSaid) -> Said:
        self.asked.append(asked.user_id)
        await self.meanwhile(asked.user_id)
        if asked.user_id != self.long:
            return Said(messages=[said(each, 0) for each in asked.message_ids or []])
        start = 0 if asked.after is None else self.ids.index(asked.after) + 1
        page = [said(each, place) for place, each in enumerate(self.ids)][start : start + MESSAGES_AT_ONCE]
        return Said(messages=page, next=page[-1].message_id if page[-1].message_id != self.ids[-1] else None)


def said(message: UUID, position: int) -> SaidMessage:
    return SaidMessage(
        message_id=message, position=position, role="agent", agent="anima", said_at=THEN, text=f"Line {position}"
    )


def beside(memory: Memory, session: Sessions) -> Memory:
    return replace(memory, said=session)  # type: ignore[arg-type] # it answers as that client does


async def has_long_thread(memory: Memory, person: Person) -> None:
    async with memory.database.transaction() as tx:
        await reads.note_thread(tx, person.user_id, uuid4(), memory.clock.now())


async def says(memory: Memory, person: Person) -> None:
    async with memory.database.transaction() as tx:
        await reads.note_message(tx, person.user_id, uuid4(), uuid4(), memory.clock.now())


async def turns_of(memory: Memory, person: Person) -> int:
    async with memory.rows.of(person.user_id) as tx:
        return int(await tx.fetchval("SELECT count(*) FROM turns"))


@asynccontextmanager
async def reading(memory: Memory, people_at_once: int) -> AsyncIterator[None]:
    task = asyncio.create_task(keep_reading(memory, people_at_once))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def is_read_while_another_waits(memory: Memory, ada: Person, bob: Person, people_at_once: int) -> bool:
    """Have Ada's session answer only when Bob's message is kept; return whether that ever is."""
    may_go, is_asked = asyncio.Event(), asyncio.Event()

    async def wait_for_bob(who: UUID) -> None:
        if who == ada.user_id:
            is_asked.set()
            await may_go.wait()

    session = Sessions(ada.user_id, wait_for_bob)
    await has_long_thread(memory, ada)
    async with reading(beside(memory, session), people_at_once):
        await asyncio.wait_for(is_asked.wait(), PATIENCE_S)
        await says(memory, bob)

        async def is_kept() -> bool:
            return await turns_of(memory, bob) == 1

        try:
            await asyncio.wait_for(until(is_kept), PATIENCE_S if people_at_once > 1 else 1)
        except TimeoutError:
            return False
        assert await turns_of(memory, ada) == 0
        may_go.set()

        async def is_whole() -> bool:
            return await turns_of(memory, ada) == PAGES * MESSAGES_AT_ONCE

        await until(is_whole)
    return True


async def test_what_somebody_says_is_found_while_a_long_import_waits(memory: Memory, ada: Person, bob: Person) -> None:
    assert await is_read_while_another_waits(memory, ada, bob, 2)


async def test_a_reader_alone_would_be_noticed(memory: Memory, ada: Person, bob: Person) -> None:
    assert not await is_read_while_another_waits(memory, ada, bob, 1)


async def test_between_two_pages_of_a_long_thread_it_is_somebody_elses_turn(
    memory: Memory, ada: Person, bob: Person
) -> None:
    async def say_something(_: UUID) -> None:
        if len(session.asked) == 1:
            await says(memory, bob)

    session = Sessions(ada.user_id, say_something)
    await has_long_thread(memory, ada)
    async with reading(beside(memory, session), 1):

        async def is_whole() -> bool:
            return await reads.count_reads(memory.database) == 0

        await until(is_whole)

    assert session.asked == [ada.user_id, bob.user_id, ada.user_id, ada.user_id]
    assert (await turns_of(memory, ada), await turns_of(memory, bob)) == (PAGES * MESSAGES_AT_ONCE, 1)


async def test_a_page_is_kept_in_short_transactions(memory: Memory, ada: Person) -> None:
    kept: list[int] = []

    class Watched:
        @asynccontextmanager
        async def of(self, user_id: UUID) -> AsyncIterator[Transaction]:
            async with memory.rows.of(user_id) as tx:
                yield tx
            kept.append(await turns_of(memory, ada))

    watched = replace(beside(memory, Sessions(ada.user_id)), rows=Watched())  # type: ignore[arg-type]
    await has_long_thread(memory, ada)

    await read_due(watched)

    assert kept == list(range(KEPT_AT_ONCE, PAGES * MESSAGES_AT_ONCE + 1, KEPT_AT_ONCE))


class Impatient:
    """A transaction that waits for nothing longer than a moment."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def execute(self, query: str, *arguments: object) -> str:
        return await self._tx.execute(query, *arguments, timeout=0.2)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)


def impatient(memory: Memory) -> Memory:
    class Rows:
        @asynccontextmanager
        async def of(self, user_id: UUID) -> AsyncIterator[Any]:
            async with memory.rows.of(user_id) as tx:
                yield Impatient(tx)

    letters = LetterCounts("letters")
    embedders = Embedders("letters", {"letters": lambda: letters})
    return replace(memory, rows=Rows(), embedders=embedders)  # type: ignore[arg-type]


@asynccontextmanager
async def held_elsewhere(memory: Memory, person: Person) -> AsyncIterator[None]:
    """Hold a person's items in another task, as their reader does."""
    is_held, may_go = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with memory.rows.of(person.user_id) as tx:
            await hold_items(tx, person.user_id)
            is_held.set()
            await may_go.wait()

    task = asyncio.create_task(hold())
    await asyncio.wait_for(is_held.wait(), PATIENCE_S)
    try:
        yield
    finally:
        may_go.set()
        await task


async def test_who_waits_in_vain_for_what_is_read_has_not_failed(memory: Memory, ada: Person) -> None:
    waiting = impatient(beside(memory, Sessions(ada.user_id)))
    await know(replace(memory, embedders=waiting.embedders), ada, "Allergic to nuts")
    thread = await keep(memory, ada, ["I keep a hazelnut in the drawer."])
    async with memory.rows.of(ada.user_id) as tx:
        await tx.execute("UPDATE pending_vectors SET model = 'letters'")
        await tx.execute(
            "INSERT INTO pending_vectors (user_id, message_id, kind, model, due_at)"
            " SELECT user_id, id, 'item', 'letters', $1 FROM items ON CONFLICT DO NOTHING",
            THEN,
        )
    await has_long_thread(memory, ada)
    async with memory.database.transaction() as tx:
        await consolidations.note_thread(tx, ada.user_id, thread, memory.clock.now() - timedelta(hours=1))
        await tx.execute("DELETE FROM consolidations_due WHERE thread_id = $1", consolidations.NIGHT)

    async with held_elsewhere(memory, ada):
        await read_due(waiting)
        await tend_due(waiting)
        await embed_due(waiting)

    now = memory.clock.now()
    for table in ("thread_reads", "consolidations_due", "pending_vectors"):
        rows = await memory.database.fetch(f"SELECT failures, due_at FROM {table} ORDER BY due_at DESC LIMIT 1")
        assert [row["failures"] for row in rows] == [0], f"nothing of {table} waits, or it failed"
        assert now - timedelta(minutes=1) < rows[0]["due_at"] < now + timedelta(minutes=5), table


async def test_a_lock_that_is_waited_for_in_vain_says_so(memory: Memory, ada: Person) -> None:
    async with held_elsewhere(memory, ada):
        with pytest.raises(HeldTooLong):
            async with impatient(memory).rows.of(ada.user_id) as tx:
                await hold_items(tx, ada.user_id)
