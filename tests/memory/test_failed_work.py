"""Whatever somebody writes, and whatever fails of one, memory goes on for everybody."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from emergence.contracts.consolidation import ToConsolidate
from emergence.contracts.session.said import ReadSaid, Said, SaidMessage
from emergence.kernel.embeddings.embedder import EmbeddingStopped, Vector, vector_of
from emergence.memory.embed_turns import embed_due
from emergence.memory.failed_work import LEFT_OUT_AFTER
from emergence.memory.gardening.keep_gardening import tend_due
from emergence.memory.parts import Memory
from emergence.memory.read_threads import read_due
from emergence.memory.store import consolidations, reads
from tests.frozen_clock import FrozenClock
from tests.memory.items_at import texts, write
from tests.memory.kept_rows import kept_memory
from tests.memory.kept_vectors import KeptVectors
from tests.memory.said_turns import keep
from tests.memory.served_memory import ServedMemory
from tests.session.neighbours import Person
from tests.session.threads.talking import talked

LONE_MARK = "\u0345"  # a letter by Unicode, a mark when it is folded


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
async def memory(database_url: str, clock: FrozenClock) -> AsyncIterator[Memory]:
    async with kept_memory(database_url, clock, MEMORY_CONSOLIDATION_MODEL="chat") as parts:
        yield parts


async def test_words_of_nothing_but_marks_stop_nobody(served: ServedMemory, ada: Person, bob: Person) -> None:
    hostile = f"Je déteste{LONE_MARK} les figues. {LONE_MARK} Really."

    await talked(served.session, bob, hostile, answers=[f"{LONE_MARK}"])
    await talked(served.session, ada, "I live in Nantes.", answers=["Nice."])

    await served.remembers(ada, "I live in Nantes.", "Nice.")
    await served.remembers(bob, hostile, LONE_MARK)
    await write(served, bob, f"A note {LONE_MARK}")
    assert f"A note {LONE_MARK}" in await texts(served, bob)


@pytest.mark.parametrize(
    "text",
    [
        LONE_MARK,
        f"1e5{LONE_MARK}",
        f"figues{LONE_MARK} {LONE_MARK * 3}",
        f"figues -{LONE_MARK}",
        "figues " + "\u0958" * 682,
    ],
)
async def test_whatever_is_said_has_its_words(memory: Memory, text: str) -> None:
    found = await memory.database.fetchrow("SELECT lexemes($1) @@ 'figu' AS is_found", text)

    assert found is not None
    assert found["is_found"] == text.startswith("figues")


class BrokenFor:
    """A session that answers for everybody but one person, for whom it says what cannot be kept."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.asked: list[UUID] = []

    async def read(self, asked: ReadSaid) -> Said:
        self.asked.append(asked.user_id)
        if asked.user_id == self.person.user_id:
            raise RuntimeError("hazelnut")
        at, message = asked.thread_id, (asked.message_ids or [uuid4()])[0]
        said = SaidMessage(
            message_id=message, position=0, role="user", agent=None, said_at=FrozenClock().now(), text=str(at)
        )
        return Said(messages=[said])


async def test_what_cannot_be_read_is_left_out_and_the_others_are_read(
    memory: Memory, clock: FrozenClock, ada: Person, bob: Person
) -> None:
    session = BrokenFor(bob)
    memory = replace(memory, said=session)  # type: ignore[arg-type] # it answers as that client does
    bad = uuid4()
    async with memory.database.transaction() as tx:
        await reads.note_message(tx, bob.user_id, bad, uuid4(), clock.now())
        await reads.note_message(tx, ada.user_id, uuid4(), uuid4(), clock.now() + timedelta(seconds=1))
    clock.advance(timedelta(seconds=2))

    await read_due(memory)

    assert await turns_of(memory, ada) == 1
    for _ in range(LEFT_OUT_AFTER):
        clock.advance(timedelta(hours=1))
        await read_due(memory)
    assert session.asked.count(bob.user_id) == LEFT_OUT_AFTER
    assert (await reads.count_reads(memory.database), await reads.count_left_out(memory.database)) == (0, 1)
    async with memory.database.transaction() as tx:
        await reads.note_message(tx, bob.user_id, bad, uuid4(), clock.now())  # news of it: from the beginning
    assert (await reads.count_reads(memory.database), await reads.count_left_out(memory.database)) == (1, 0)


async def turns_of(memory: Memory, person: Person) -> int:
    async with memory.rows.of(person.user_id) as tx:
        return int(await tx.fetchval("SELECT count(*) FROM turns"))


class BrokenChat:
    """A chat that cannot say what reading some words would cost."""

    async def estimate(self, asked: ToConsolidate) -> object:
        if any("hazelnut" in statement.text for statement in asked.statements):
            raise RuntimeError("hazelnut")
        raise AssertionError("nothing else is asked")


async def test_what_cannot_be_consolidated_is_left_out_and_the_others_are_done(
    memory: Memory, clock: FrozenClock, ada: Person, bob: Person
) -> None:
    memory = replace(memory, consolidation=BrokenChat())  # type: ignore[arg-type] # it fails as a client may
    await due_now(memory, bob, ["I keep a hazelnut in the drawer of my kitchen at home."])
    clock.advance(timedelta(seconds=1))
    await due_now(memory, ada, ["?"])  # nothing to ask a model

    await tend_due(memory)

    assert await done(memory, ada) == ["done"]
    for _ in range(LEFT_OUT_AFTER - 1):
        clock.advance(timedelta(hours=1))
        await tend_due(memory)
    assert await consolidations.count_left_out(memory.database) == 1
    assert await done(memory, bob) == []


async def due_now(memory: Memory, person: Person, said: Sequence[str]) -> None:
    thread = await keep(memory, person, said)
    async with memory.database.transaction() as tx:
        await consolidations.note_thread(tx, person.user_id, thread, memory.clock.now())
        await tx.execute("DELETE FROM consolidations_due WHERE thread_id = $1", consolidations.NIGHT)


async def done(memory: Memory, person: Person) -> list[str]:
    rows = await memory.database.fetch("SELECT outcome FROM consolidations WHERE user_id = $1", person.user_id)
    return [row["outcome"] for row in rows]


class KilledOver(KeptVectors):
    """A model whose process dies: once, or whenever it reads some words."""

    def __init__(self, words: str, *, deaths: int) -> None:
        super().__init__()
        self.words, self.deaths = words, deaths

    async def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        if self.deaths > 0 and any(self.words in text for text in texts):
            self.deaths -= 1
            raise EmbeddingStopped("It stopped.")
        return [vector_of([1.0] * self.dimensions) for _ in texts]


@pytest.mark.parametrize(("deaths", "failures"), [(1, 0), (2, 2)])
async def test_only_what_kills_the_model_again_is_blamed_for_it(
    memory: Memory, ada: Person, deaths: int, failures: int
) -> None:
    model = KilledOver("figs", deaths=deaths)
    memory.embedders.__init__(model.name, {model.name: lambda: model})  # type: ignore[misc] # as if started with it
    await keep(memory, ada, ["I like figs.", "I like dates."])

    await embed_due(memory)

    rows = await memory.database.fetch("SELECT failures FROM pending_vectors WHERE failures > 0")
    assert len(rows) == failures
