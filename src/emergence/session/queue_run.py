"""Queue a run for an answer that it will fill, with the question before it if that is new."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.contracts.chat import Language
from emergence.contracts.session.frames import (
    AckData,
    MessageCreated,
    MessageData,
    RunData,
    RunQueued,
    ThreadData,
    ThreadUpdated,
)
from emergence.contracts.session.protocol import run_topic, thread_topic, user_topic
from emergence.contracts.session.threads import Message, Part, Thread
from emergence.kernel.storage.database import Transaction
from emergence.session.frames import Draft, LoggedFrame
from emergence.session.parts import Session
from emergence.session.store import log
from emergence.session.store.branches import with_siblings
from emergence.session.store.messages import MessagePosition, PlacedMessage
from emergence.session.store.runs import StoredRun
from emergence.session.store.turns import insert_turn
from emergence.session.tell_said import tell_said


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks which agent, in which thread, and the ids that were promised; `reply` will answer `message`."""

    user_id: UUID
    agent: str
    language: Language
    time_zone: str | None
    thread: UUID
    message: UUID
    reply: UUID
    run: UUID
    is_fork: bool = False  # something else was said at the place of what is stored

    def ack(self, cid: UUID) -> AckData:
        """Return what acknowledges it."""
        return AckData(cid=cid, thread=self.thread, message=self.message, reply=self.reply, run=self.run)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, after which message, and the number of its turn."""

    text: str
    turn: int
    parent: UUID | None


@dataclass(frozen=True, slots=True)
class QueuedRun:
    """A stored run: the frames that announce it, and whether nothing in its thread is before it."""

    run: StoredRun
    drafts: list[Draft]
    is_first: bool


async def queue_question(
    session: Session, tx: Transaction, asked: Asked, question: Question, thread: Thread, at: datetime
) -> tuple[QueuedRun, list[LoggedFrame]]:
    """Store a question as a turn of its own in `thread`, whose row must be locked, and the run that answers it.

    Returns the run, and the frames that tell of thread, question and answer.
    """
    message = Message(
        id=asked.message,
        thread=asked.thread,
        role="user",
        status="complete",
        parts=[Part(text=question.text)],
        created_at=at,
        parent=question.parent,
    )
    placed = PlacedMessage(message, MessagePosition(question.turn, 0))
    queued = await _queue(session, tx, asked, [placed, _answer(asked, MessagePosition(question.turn, 1), at)], at)
    await tell_said(tx, asked.user_id, thread, asked.message)
    told = Draft(ThreadUpdated, user_topic(asked.user_id), ThreadData(thread=thread))
    return queued, await log.append_drafts(tx, asked.user_id, [told, *queued.drafts], at)


async def queue_answer(
    session: Session, tx: Transaction, asked: Asked, position: MessagePosition, at: datetime
) -> QueuedRun:
    """Store the run that answers a question which is stored already."""
    return await _queue(session, tx, asked, [_answer(asked, position, at)], at)


def _answer(asked: Asked, position: MessagePosition, at: datetime) -> PlacedMessage:
    message = Message(
        id=asked.reply,
        thread=asked.thread,
        role="agent",
        agent=asked.agent,
        status="queued",
        parts=[],
        created_at=at,
        reply_to=asked.message,
        parent=asked.message,
    )
    return PlacedMessage(message, position)


async def _queue(
    session: Session, tx: Transaction, asked: Asked, placed: Sequence[PlacedMessage], at: datetime
) -> QueuedRun:
    run = StoredRun(
        id=asked.run,
        user_id=asked.user_id,
        thread_id=asked.thread,
        message_id=asked.reply,
        turn=placed[-1].position.turn,
        agent=asked.agent,
        language=asked.language,
        time_zone=asked.time_zone,
        owner=session.instance,
    )
    is_first = await insert_turn(tx, placed, run, at, session.settings.session_run_lease_seconds)
    said = [each.message for each in placed]
    if asked.is_fork:
        said = await with_siblings(tx, asked.user_id, said)
    said[-1] = said[-1].model_copy(update={"run": run.shown()})
    drafts = [Draft(MessageCreated, thread_topic(asked.thread), MessageData(message=message)) for message in said]
    return QueuedRun(run, [*drafts, Draft(RunQueued, run_topic(run.id), RunData(run=run.shown()))], is_first)
