"""Put a run and the message that it will fill into a thread; shared by sending and asking again."""

from dataclasses import dataclass
from datetime import datetime

from emergence.contracts.session.frames import MessageCreated, MessageData, RunData, RunQueued
from emergence.contracts.session.protocol import run_topic, thread_topic
from emergence.contracts.session.threads import Message
from emergence.kernel.storage.database import Transaction
from emergence.session.frames import Draft
from emergence.session.parts import Session
from emergence.session.store import messages, runs
from emergence.session.store.messages import MessagePosition
from emergence.session.store.runs import StoredRun


@dataclass(frozen=True, slots=True)
class QueuedRun:
    """A stored run: the frames that announce it, and whether nothing in its thread is before it."""

    run: StoredRun
    drafts: list[Draft]
    is_first: bool


async def queue_run(
    session: Session, tx: Transaction, run: StoredRun, answer: Message, slot: int, at: datetime
) -> QueuedRun:
    """Store the run and its empty answer; the thread's row must be locked."""
    await messages.insert_message(tx, run.user_id, answer, MessagePosition(run.turn, slot))
    await runs.insert_run(tx, run, at, session.settings.session_run_lease_seconds)
    first = await runs.first_unended(tx, run.user_id, run.thread_id)
    shown = run.shown()
    drafts = [
        Draft(
            MessageCreated,
            thread_topic(run.thread_id),
            MessageData(message=answer.model_copy(update={"run": shown})),
        ),
        Draft(RunQueued, run_topic(run.id), RunData(run=shown)),
    ]
    return QueuedRun(run, drafts, is_first=first is not None and first.id == run.id)
