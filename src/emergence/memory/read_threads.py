"""Read from session what events say there is, and keep it: findable by words from then on."""

from collections.abc import Sequence
from datetime import timedelta

import structlog

from emergence.contracts.session.said import MESSAGES_AT_ONCE, ReadSaid, Said, SaidMessage
from emergence.kernel.events.watch import sole_watch
from emergence.memory import figures
from emergence.memory.failed_work import failure_of, is_outage, log_failure, wait_after_failure
from emergence.memory.harvest.harvest_turn import SaidTurn
from emergence.memory.keep_harvest import harvested, keep_harvest
from emergence.memory.parts import Memory
from emergence.memory.store import consolidations, reads, turns, vectors
from emergence.memory.store.edited_turns import drop_what_former_words_said
from emergence.memory.store.reads import ThreadRead
from emergence.memory.store.turns import NewTurn
from emergence.memory.store.vectors import wait_after

log = structlog.get_logger(__name__)

POLL = timedelta(seconds=5)
AT_ONCE = 100
LONGEST_WAIT = timedelta(minutes=5)
USER = ""  # who spoke, where it was the person: their name is for auth to know


async def keep_reading(memory: Memory) -> None:
    """Read for ever, one instance at a time. Raises DatabaseUnavailable when that is lost."""
    async with sole_watch(memory.database, lock="memory:reads", channel=reads.CHANNEL) as watch:
        while True:
            while await read_due(memory):
                watch.check()
            figures.pending_reads.set(await reads.count_reads(memory.database))
            figures.left_out.labels("reading").set(await reads.count_left_out(memory.database))
            await watch.wait(POLL)


async def read_due(memory: Memory) -> bool:
    """Read what is due; return whether there was anything. What fails is due again later.

    Raises DatabaseUnavailable.
    """
    due = await reads.due_reads(memory.database, memory.clock.now(), AT_ONCE)
    for read in due:
        failed = await failure_of(_read(memory, read))
        if failed is not None:
            await _postpone(memory, read, failed)
    return bool(due)


async def _postpone(memory: Memory, read: ThreadRead, failed: Exception) -> None:
    if is_outage(failed):
        wait = wait_after(read.tries, LONGEST_WAIT)
        log.info("thread_not_read", thread_id=str(read.thread_id), code=failed.code, wait_s=wait.total_seconds())
    else:
        wait = wait_after_failure(read.failures)
        log_failure("reading", read.failures, failed, thread_id=str(read.thread_id))
    await reads.postpone(memory.database, read, memory.clock.now() + wait, has_failed=not is_outage(failed))


async def _read(memory: Memory, read: ThreadRead) -> None:
    if read.is_whole:
        await _read_whole(memory, read)
        return
    for start in range(0, len(read.message_ids), MESSAGES_AT_ONCE):
        asked = read.message_ids[start : start + MESSAGES_AT_ONCE]
        said = await memory.said.read(ReadSaid(user_id=read.user_id, thread_id=read.thread_id, message_ids=asked))
        is_last = start + MESSAGES_AT_ONCE >= len(read.message_ids)
        if not await _keep(memory, read, said.messages, is_last=is_last):
            return


async def _read_whole(memory: Memory, read: ThreadRead) -> None:
    said, seen = Said(messages=[]), list[SaidMessage]()
    while True:
        asked = ReadSaid(user_id=read.user_id, thread_id=read.thread_id, after=said.next)
        said = await memory.said.read(asked)
        seen += [message.model_copy(update={"text": ""}) for message in said.messages]  # whatever they said
        others = None if said.next else seen
        if not await _keep(memory, read, said.messages, is_last=said.next is None, only=others) or said.next is None:
            return


async def _keep(
    memory: Memory,
    read: ThreadRead,
    said: Sequence[SaidMessage],
    *,
    is_last: bool,
    only: Sequence[SaidMessage] | None = None,
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
            await turns.delete_others(tx, read.user_id, read.thread_id, [message.message_id for message in only])
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
