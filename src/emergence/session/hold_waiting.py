"""A question that nobody has begun to answer, while nobody can begin."""

from dataclasses import dataclass
from uuid import UUID

from emergence.contracts.session.threads import Message
from emergence.kernel.storage.database import Transaction
from emergence.session.halt_run import is_unbegun
from emergence.session.parts import Session
from emergence.session.store import messages, threads
from emergence.session.store.runs import StoredRun
from emergence.session.store.waiting import lock_queued_answers


@dataclass(frozen=True, slots=True)
class Waiting:
    """The question, and the runs that will answer it."""

    question: Message
    answers: list[StoredRun]


async def hold_waiting(session: Session, tx: Transaction, user_id: UUID, message_id: UUID) -> Waiting | None:
    """Lock a question of the user, its runs and its thread; None when it is no such question.

    Runs are locked before their thread, as by whoever ends one.
    """
    found = await messages.read_message(tx, user_id, message_id)
    if found is None or found.message.role != "user":
        return None
    answers = await lock_queued_answers(tx, user_id, found.message)
    if not answers or not await threads.lock_thread(tx, user_id, found.message.thread):
        return None
    for run in answers:
        if not await is_unbegun(session, tx, run):
            return None
    held = await messages.read_message(tx, user_id, message_id)
    return None if held is None else Waiting(held.message, answers)
