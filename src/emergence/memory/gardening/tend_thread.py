"""Consolidate a thread that fell idle: keep what was not harvested yet and make a digest, with a model or without."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from emergence.kernel.storage.database import Transaction
from emergence.memory import figures
from emergence.memory.gardening.ask_model import Read, Without, ask_model
from emergence.memory.gardening.check_found import check_found
from emergence.memory.gardening.digest import Digest, digest_of
from emergence.memory.harvest.harvest_turn import SaidTurn, harvest_turn
from emergence.memory.parts import Memory
from emergence.memory.store import consolidations, digests, spending
from emergence.memory.store.choices import read_choices
from emergence.memory.store.consolidations import Done, Due
from emergence.memory.store.keep_items import NewItem, Outcome, keep_item
from emergence.memory.store.locks import HeldTooLong, hold_items

SMALL_TALK = 0.4  # how much a digest counts: less than anything that was taken from the thread
# What a model found was paid for: whoever else works for the person is waited for, each time as long as a lock is.
PATIENCE = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 4, 8))
UNTIL_SWITCHED_ON = timedelta(days=1)  # then it is looked again whether anything is to be remembered


@dataclass(frozen=True, slots=True)
class _Made:
    """What was made of a thread; `refused` is what a model made up."""

    items: Sequence[NewItem]
    digest: Digest | None
    refused: int = 0


async def tend_thread(memory: Memory, due: Due, patience: Sequence[timedelta] = PATIENCE) -> None:
    """Do it, unless there is news of the thread: then it is due again later. Idempotent.

    Where the person wants nothing remembered it waits. Nothing is held while a model is asked; everything is written in
    one transaction, which is tried again when others held the person's items for too long. Raises HeldTooLong when they
    always do, DatabaseUnavailable.
    """
    began_at = memory.clock.now()
    async with memory.rows.of(due.user_id) as tx:
        said = await digests.said_in_thread(tx, due.user_id, due.thread_id)
        wants_it = (await read_choices(tx, due.user_id)).remembers
    if not wants_it:
        await consolidations.postpone(memory.database, due, began_at + UNTIL_SWITCHED_ON, counts=False)
        return
    answer = await ask_model(memory, due, said)
    if isinstance(answer, Without) and answer.waits and answer.again_at is not None:
        await _wait(memory.database, due, answer, answer.again_at)
        return
    made = await asyncio.to_thread(_made_of, said, answer)

    async def write() -> bool:
        async with memory.rows.of(due.user_id) as tx:
            if not (await consolidations.hold(tx, due) and await _is_as_read(tx, due, said)):
                return False
            await _write(memory, tx, due, made, answer, began_at)
            return True

    if not isinstance(answer, Read):
        await write()
        return
    is_written = False
    try:
        is_written = await _patiently(write, patience)
    finally:
        if not is_written:  # there is news, or less than there was, or no way to write: it will be read again
            now = memory.clock.now()
            await spending.settle(memory.database, due, answer.reserved, "failed", answer.spent, Done(), now)


async def _patiently(write: Callable[[], Awaitable[bool]], patience: Sequence[timedelta]) -> bool:
    for wait in patience:
        try:
            return await write()
        except (HeldTooLong, TimeoutError):
            await asyncio.sleep(wait.total_seconds())
    return await write()


async def _is_as_read(tx: Transaction, due: Due, said: Sequence[SaidTurn]) -> bool:
    """Return whether nothing was forgotten meanwhile, and still is to be remembered; so it stays until the end."""
    await hold_items(tx, due.user_id)
    if not (await read_choices(tx, due.user_id)).remembers:
        return False
    return await digests.said_in_thread(tx, due.user_id, due.thread_id) == said


def _made_of(said: Sequence[SaidTurn], answer: Read | Without) -> _Made:
    stated = [item for turn in said for item in harvest_turn(turn)]
    if isinstance(answer, Without):
        return _Made(stated, digest_of(said))
    checked = check_found(answer)
    return _Made([*stated, *checked.items], checked.digest or digest_of(said), checked.refused)


async def _write(
    memory: Memory, tx: Transaction, due: Due, made: _Made, answer: Read | Without, began_at: datetime
) -> None:
    outcomes: Counter[Outcome] = Counter()
    outcomes["refused"] = made.refused
    for item in made.items:
        outcomes[(await keep_item(tx, memory.forgotten_words, due.user_id, item, memory.clock.now())).outcome] += 1
    if made.digest is not None:
        outcomes[await _keep_digest(memory, tx, due, made.digest)] += 1
    now, done = memory.clock.now(), _done(outcomes)
    if isinstance(answer, Read):
        await spending.settle(tx, due, answer.reserved, "done", answer.spent, done, now)
    else:
        await consolidations.write_down(tx, due, began_at, now, done)
    if isinstance(answer, Without) and answer.again_at is not None:
        await _wait(tx, due, answer, answer.again_at)
    else:
        await consolidations.drop(tx, due.user_id, due.thread_id)
    figures.consolidations.labels("model" if isinstance(answer, Read) else "thread", "done").inc()
    for outcome, count in outcomes.items():
        figures.consolidated_items.labels(outcome).inc(count)


async def _wait(tx: consolidations.Runs, due: Due, answer: Without, until: datetime) -> None:
    await consolidations.postpone(tx, due, until, counts=answer.is_failure)


async def _keep_digest(memory: Memory, tx: Transaction, due: Due, digest: Digest) -> Outcome:
    former = await digests.former_digests(tx, due.user_id, due.thread_id)
    summary = NewItem(
        kind="summary",
        body=digest.body,
        language=digest.language or "",
        importance=SMALL_TALK,
        confidence=digest.confidence,
        origin=digest.origin,
        happened_at=digest.sources[-1].said_at,
        sources=digest.sources,
    )
    kept = await keep_item(tx, memory.forgotten_words, due.user_id, summary, memory.clock.now())
    if kept.id is not None:
        await digests.replace_digests(tx, due.user_id, former, kept.id)
        await digests.derive_from_thread(tx, due.user_id, kept.id, due.thread_id)
    return kept.outcome


def _done(outcomes: Counter[Outcome]) -> Done:
    return Done(
        added=outcomes["added"] + outcomes["superseded_other"],
        merged=outcomes["merged"],
        superseded=outcomes["superseded_other"],
        refused=outcomes["refused"] + outcomes["buried"],
    )
