"""Take back a message that nobody has begun to answer."""

from uuid import UUID

from emergence.contracts.session.branch_frames import MessageWithdrawn, MessageWithdrawnData
from emergence.contracts.session.commands import WithdrawMessage
from emergence.contracts.session.frames import AckData, ThreadData, ThreadUpdated
from emergence.contracts.session.problems import NotWaiting
from emergence.contracts.session.protocol import thread_topic, user_topic
from emergence.kernel.storage.database import Transaction
from emergence.session.answer_once import Answer, earlier_ack, repeated_ack
from emergence.session.frames import Draft, LoggedFrame
from emergence.session.hold_message import hold_message
from emergence.session.hold_waiting import Waiting, hold_waiting
from emergence.session.parts import Session
from emergence.session.runs.execute_run import start_waiting_runs
from emergence.session.store import log, threads
from emergence.session.store.waiting import remove_waiting
from emergence.session.tell_said import tell_changed


async def withdraw_message(session: Session, user_id: UUID, command: WithdrawMessage, answer: Answer) -> None:
    """Carry the command out once and answer it; what waits behind the message moves up.

    Raises UnknownMessage, NotWaiting, CommandReused, DatabaseUnavailable; nothing is changed then.
    """
    frames: list[LoggedFrame] = []
    async with session.order.of(user_id):
        async with session.database.transaction() as tx:
            ack = await earlier_ack(tx, user_id, command)  # the message that it was about is gone
            if ack is None:
                waiting = await hold_waiting(session, tx, user_id, command.message)
                if waiting is None:
                    await hold_message(tx, user_id, command.message)
                    raise NotWaiting()
                new = AckData(cid=command.cid, thread=waiting.question.thread, message=waiting.question.id)
                ack = await repeated_ack(tx, user_id, command, new)
                if ack is None:
                    ack, frames = new, await _remove(session, tx, user_id, waiting)
        answer(ack)
        await session.bus.publish(user_id, frames)
    if frames:
        await start_waiting_runs(session, user_id)


async def _remove(session: Session, tx: Transaction, user_id: UUID, waiting: Waiting) -> list[LoggedFrame]:
    thread_id = waiting.question.thread
    removed = await remove_waiting(tx, user_id, waiting.question, waiting.answers)
    gone = MessageWithdrawnData(messages=removed.messages, parent=removed.parent, leaf=removed.leaf)
    thread = await threads.read_thread(tx, user_id, thread_id)
    assert thread is not None, "it is locked"
    await tell_changed(tx, user_id, thread, waiting.question.id)
    drafts = [
        Draft(MessageWithdrawn, thread_topic(thread_id), gone),
        Draft(ThreadUpdated, user_topic(user_id), ThreadData(thread=thread)),
    ]
    return await log.append_drafts(tx, user_id, drafts, session.clock.now())
