"""Say something else in place of a message that nobody has begun to answer: it is changed where it stands."""

from uuid import UUID

from emergence.contracts.session.commands import EditMessage
from emergence.contracts.session.frames import AckData, MessageData, MessageFinal
from emergence.contracts.session.protocol import thread_topic
from emergence.contracts.session.threads import Part
from emergence.kernel.storage.database import Transaction
from emergence.session.answer_once import Answer, repeated_ack
from emergence.session.frames import Draft, LoggedFrame
from emergence.session.hold_waiting import Waiting, hold_waiting
from emergence.session.parts import Session
from emergence.session.store import log, threads
from emergence.session.store.branches import with_siblings
from emergence.session.store.waiting import change_text
from emergence.session.tell_said import tell_changed


async def change_waiting(session: Session, user_id: UUID, command: EditMessage, text: str, answer: Answer) -> bool:
    """Carry the command out once and answer it; return whether the message was waiting.

    Whoever was asked stays asked, unless the command names another agent: then nothing is done.
    Raises CommandReused, DatabaseUnavailable.
    """
    async with session.order.of(user_id):
        async with session.database.transaction() as tx:
            waiting = await hold_waiting(session, tx, user_id, command.message)
            if waiting is None or any(command.agent not in (None, run.agent) for run in waiting.answers):
                return False
            last, question = waiting.answers[-1], waiting.question
            ack = AckData(
                cid=command.cid, thread=question.thread, message=question.id, reply=last.message_id, run=last.id
            )
            repeated = await repeated_ack(tx, user_id, command, ack)
            frames = [] if repeated is not None else await _change(session, tx, user_id, waiting, text)
        answer(repeated or ack)
        await session.bus.publish(user_id, frames)
    return True


async def _change(session: Session, tx: Transaction, user_id: UUID, waiting: Waiting, text: str) -> list[LoggedFrame]:
    thread = await threads.read_thread(tx, user_id, waiting.question.thread)
    assert thread is not None, "it is locked"
    await tell_changed(tx, user_id, thread, waiting.question.id)
    changed = waiting.question.model_copy(update={"parts": [Part(text=text)]})
    await change_text(tx, user_id, changed)
    (shown,) = await with_siblings(tx, user_id, [changed])
    told = Draft(MessageFinal, thread_topic(changed.thread), MessageData(message=shown))
    return await log.append_drafts(tx, user_id, [told], session.clock.now())
