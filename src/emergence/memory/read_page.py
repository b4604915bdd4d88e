"""Read a page of a thread from session and keep it, a few messages at a time: nobody waits long for one who is read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from emergence.contracts.session.said import MESSAGES_AT_ONCE, ReadSaid, SaidMessage
from emergence.memory import figures
from emergence.memory.harvest.harvest_turn import SaidTurn
from emergence.memory.keep_harvest import harvested, keep_harvest
from emergence.memory.parts import Memory
from emergence.memory.store import consolidations, reads, turns, vectors
from emergence.memory.store.edited_turns import drop_what_former_words_said
from emergence.memory.store.reads import ThreadRead
from emergence.memory.store.turns import NewTurn

KEPT_AT_ONCE = 20  # messages of one transaction, for the end of which whatever else the person writes waits
USER = ""  # who spoke, where it was the person: their name is for auth to know


@dataclass(frozen=True, slots=True)
class Begun:
    """A thread that is read, and how far: what was seen of a whole one, how many of single messages."""

    read: ThreadRead
    after: UUID | None = None
    seen: Sequence[UUID] = ()
    done: int = 0


async def read_page(memory: Memory, begun: Begun) -> Begun | None:
    """Read the next page and keep it; return where to go on, or None: that was all, or there is news of the thread.

    When the last one is kept, what is no longer in a thread that was read as a whole is removed.
    """
    read = begun.read
    until = begun.done + MESSAGES_AT_ONCE
    ids = None if read.is_whole else read.message_ids[begun.done : until]
    said = await memory.said.read(
        ReadSaid(user_id=read.user_id, thread_id=read.thread_id, message_ids=ids, after=begun.after)
    )
    seen = [*begun.seen, *(message.message_id for message in said.messages)]  # whatever they said
    has_ended = said.next is None if read.is_whole else until >= len(read.message_ids)
    for some, is_last_of_page in _parts_of(said.messages):
        is_last = has_ended and is_last_of_page
        if not await _keep(memory, read, some, is_last=is_last, only=seen if is_last and read.is_whole else None):
            return None
    return None if has_ended else Begun(read, said.next if read.is_whole else None, seen, until)


def _parts_of(said: Sequence[SaidMessage]) -> Iterator[tuple[Sequence[SaidMessage], bool]]:
    """Yield them a few at a time, at least once, and whether these are the last."""
    for start in range(0, max(len(said), 1), KEPT_AT_ONCE):
        yield said[start : start + KEPT_AT_ONCE], start + KEPT_AT_ONCE >= len(said)


async def _keep(
    memory: Memory,
    read: ThreadRead,
    said: Sequence[SaidMessage],
    *,
    is_last: bool,
    only: Sequence[UUID] | None = None,
) -> bool:
    """Keep what was read, unless there is news of its thread: then it is read again, and this returns False.

    With `only` the thread's other turns go.
    """
    at, wanted = memory.clock.now(), memory.embedders.wanted
    stated = await harvested([_said(message, read) for message in said if message.role == "user"])
    async with memory.rows.of(read.user_id) as tx:
        if not await reads.hold_read(tx, read):
            return False
        await consolidations.hold_thread(tx, read.user_id, read.thread_id)
        saying = [_turn(message) for message in said if _says(message)]
        new = await turns.add_turns(tx, memory.forgotten_words, read.user_id, read.thread_id, saying)
        if new:
            await consolidations.note_thread(tx, read.user_id, read.thread_id, at + memory.settings.memory_idle_after_s)
            await vectors.note_person(tx, read.user_id, wanted)
        await keep_harvest(tx, memory.forgotten_words, read.user_id, stated, new, at)
        await drop_what_former_words_said(tx, read.user_id, new)
        if new and wanted is not None:
            await vectors.note_pending(tx, read.user_id, new, wanted, at)
        if only is not None:
            await turns.delete_others(tx, read.user_id, read.thread_id, only)
        if is_last:
            await reads.drop_thread(tx, read.user_id, read.thread_id)
    figures.turns_stored.inc(len(new))
    return True


def _says(message: SaidMessage) -> bool:
    return bool(message.text.strip())


def _said(message: SaidMessage, read: ThreadRead) -> SaidTurn:
    return SaidTurn(message.message_id, read.thread_id, message.said_at, message.text, message.from_file)


def _turn(message: SaidMessage) -> NewTurn:
    return NewTurn(
        message_id=message.message_id,
        position=message.position,
        role=message.role,
        speaker=message.agent or USER,
        said_at=message.said_at,
        body=message.text,
        from_file=message.from_file,
        edits=message.edits,
    )
