"""Ask for another answer to the same question; the earlier one is kept as superseded."""

from uuid import UUID

from emergence.contracts.session.commands import RegenerateMessage
from emergence.contracts.session.frames import (
    AckData,
    MessageSuperseded,
    MessageSupersededData,
    ThreadData,
    ThreadUpdated,
)
from emergence.contracts.session.problems import NotRegenerable, UnknownMessage
from emergence.contracts.session.protocol import thread_topic, user_topic
from emergence.contracts.session.threads import Message
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction
from emergence.session.answer_once import Answer, repeated_ack
from emergence.session.frames import Draft, LoggedFrame
from emergence.session.parts import Session
from emergence.session.queue_run import QueuedRun, queue_run
from emergence.session.runs.execute_run import start_run
from emergence.session.store import log, messages, threads
from emergence.session.store.messages import MessagePosition, PlacedMessage
from emergence.session.store.runs import StoredRun

UNFINISHED = ("queued", "streaming")


async def regenerate_message(session: Session, user_id: UUID, command: RegenerateMessage, answer: Answer) -> None:
    """Carry the command out once and answer it.

    Raises UnknownMessage, NotRegenerable (a question, an unfinished answer, or one that was
    superseded already), UnknownAgent, CommandReused, DatabaseUnavailable; nothing is stored then.
    """
    if command.agent is not None:
        await session.agents.require(command.agent)
    async with session.order.of(user_id):
        async with session.database.transaction() as tx:
            earlier = await _regenerable(tx, user_id, command)
            ack = AckData(
                cid=command.cid,
                thread=earlier.message.thread,
                message=earlier.message.reply_to,
                reply=new_id(),
                run=new_id(),
            )
            if (repeated := await repeated_ack(tx, user_id, command, ack)) is None:
                if earlier.message.superseded or earlier.message.status in UNFINISHED:
                    raise NotRegenerable()
                queued, frames = await _store(session, tx, user_id, command, ack, earlier)
        if repeated is not None:
            answer(repeated)
            return
        answer(ack)
        await session.bus.publish(user_id, frames)
    if queued.is_first:
        start_run(session, queued.run)


async def _regenerable(tx: Transaction, user_id: UUID, command: RegenerateMessage) -> PlacedMessage:
    found = await messages.read_message(tx, user_id, command.message)
    if found is None:
        raise UnknownMessage()
    if found.message.role != "agent":
        raise NotRegenerable()
    # The thread's lock makes two devices that ask at once go one after the other: read again under it.
    if not await threads.lock_thread(tx, user_id, found.message.thread):
        raise UnknownMessage()
    return await messages.read_message(tx, user_id, command.message) or found


async def _store(
    session: Session, tx: Transaction, user_id: UUID, command: RegenerateMessage, ack: AckData, earlier: PlacedMessage
) -> tuple[QueuedRun, list[LoggedFrame]]:
    at = session.clock.now()
    assert ack.thread and ack.reply and ack.run
    thread_id, turn = earlier.message.thread, earlier.position.turn
    thread = await threads.read_thread(tx, user_id, thread_id)
    assert thread is not None
    agent = command.agent or earlier.message.agent or ""
    if session.agents.is_gone(agent):
        agent = thread.agent
    reply = Message(
        id=ack.reply,
        thread=thread_id,
        role="agent",
        agent=agent,
        status="queued",
        parts=[],
        created_at=at,
        reply_to=earlier.message.reply_to,
    )
    run = StoredRun(
        id=ack.run,
        user_id=user_id,
        thread_id=thread_id,
        message_id=reply.id,
        turn=turn,
        agent=agent,
        language=command.language,
        owner=session.instance,
    )
    await threads.touch_thread(tx, user_id, thread_id, at)
    await messages.supersede_message(tx, user_id, earlier.message.id, by=reply.id)
    slot = await messages.next_slot(tx, user_id, thread_id, turn)
    queued = await queue_run(session, tx, run, [PlacedMessage(reply, MessagePosition(turn, slot))], at)
    thread = await threads.read_thread(tx, user_id, thread_id)
    assert thread is not None
    superseded = MessageSupersededData(message=earlier.message.id, by=reply.id)
    drafts = [
        Draft(MessageSuperseded, thread_topic(thread_id), superseded),
        *queued.drafts,
        Draft(ThreadUpdated, user_topic(user_id), ThreadData(thread=thread)),
    ]
    return queued, await log.append_drafts(tx, user_id, drafts, at)
