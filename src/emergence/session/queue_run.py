"""Queue a run for a message that it will fill; shared by sending and asking again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from emergence.contracts.session.frames import MessageCreated, MessageData, RunData, RunQueued
from emergence.contracts.session.protocol import run_topic, thread_topic
from emergence.kernel.storage.database import Transaction
from emergence.session.frames import Draft
from emergence.session.parts import Session
from emergence.session.store.messages import PlacedMessage
from emergence.session.store.runs import StoredRun
from emergence.session.store.turns import insert_turn


@dataclass(frozen=True, slots=True)
class QueuedRun:
    """A stored run: the frames that announce it, and whether nothing in its thread is before it."""

    run: StoredRun
    drafts: list[Draft]
    is_first: bool


async def queue_run(
    session: Session, tx: Transaction, run: StoredRun, placed: Sequence[PlacedMessage], at: datetime
) -> QueuedRun:
    """Store messages and the run that will fill the last of them, still empty; the thread's row must be locked."""
    is_first = await insert_turn(tx, placed, run, at, session.settings.session_run_lease_seconds)
    answer = placed[-1].message
    shown = run.shown()
    drafts = [
        Draft(
            MessageCreated,
            thread_topic(run.thread_id),
            MessageData(message=answer.model_copy(update={"run": shown})),
        ),
        Draft(RunQueued, run_topic(run.id), RunData(run=shown)),
    ]
    return QueuedRun(run, drafts, is_first)
