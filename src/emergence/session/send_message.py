"""Say something: store it with the run that will answer it, acknowledge, let everybody know, start the run."""

from datetime import datetime
from uuid import UUID

from emergence.contracts.session.commands import SendMessage
from emergence.contracts.session.frames import AckData, MessageCreated, MessageData, ThreadData, ThreadUpdated
from emergence.contracts.session.problems import UnknownThread
from emergence.contracts.session.protocol import thread_topic, user_topic
from emergence.contracts.session.threads import Message, Part, Thread
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction
from emergence.session.answer_once import Answer, repeated_ack
from emergence.session.frames import Draft, LoggedFrame
from emergence.session.message_text import checked_text, title_of
from emergence.session.parts import Session
from emergence.session.queue_run import QueuedRun, queue_run
from emergence.session.runs.execute_run import start_run
from emergence.session.store import log, threads
from emergence.session.store.messages import MessagePosition, PlacedMessage
from emergence.session.store.runs import StoredRun
from emergence.session.store.threads import BegunTurn


async def send_message(session: Session, user_id: UUID, command: SendMessage, answer: Answer) -> None:
    """Carry the command out once and answer it.

    Raises EmptyMessage, MessageTooLong, UnknownAgent, UnknownThread, CommandReused and
    DatabaseUnavailable; nothing is stored then.
    """
    text = checked_text(command.text)
    await session.agents.require(command.agent)
    ack = AckData(cid=command.cid, thread=command.thread or new_id(), message=new_id(), reply=new_id(), run=new_id())
    async with session.order.of(user_id):
        async with session.database.transaction() as tx:
            if (repeated := await repeated_ack(tx, user_id, command, ack)) is None:
                queued, frames = await _store(session, tx, user_id, command, ack, text)
        if repeated is not None:
            answer(repeated)
            return
        answer(ack)
        await session.bus.publish(user_id, frames)
    if queued.is_first:
        start_run(session, queued.run)


async def _store(
    session: Session, tx: Transaction, user_id: UUID, command: SendMessage, ack: AckData, text: str
) -> tuple[QueuedRun, list[LoggedFrame]]:
    at = session.clock.now()
    assert ack.thread and ack.message and ack.reply and ack.run
    turn = await _begin_turn(tx, user_id, command, ack.thread, text, at)
    question = Message(
        id=ack.message, thread=ack.thread, role="user", status="complete", parts=[Part(text=text)], created_at=at
    )
    reply = Message(
        id=ack.reply,
        thread=ack.thread,
        role="agent",
        agent=command.agent,
        status="queued",
        parts=[],
        created_at=at,
        reply_to=question.id,
    )
    run = StoredRun(
        id=ack.run,
        user_id=user_id,
        thread_id=ack.thread,
        message_id=reply.id,
        turn=turn.number,
        agent=command.agent,
        language=command.language,
        owner=session.instance,
    )
    placed = [PlacedMessage(each, MessagePosition(turn.number, slot)) for slot, each in enumerate((question, reply))]
    queued = await queue_run(session, tx, run, placed, at)
    drafts = [
        Draft(ThreadUpdated, user_topic(user_id), ThreadData(thread=turn.thread)),
        Draft(MessageCreated, thread_topic(ack.thread), MessageData(message=question)),
        *queued.drafts,
    ]
    return queued, await log.append_drafts(tx, user_id, drafts, at)


async def _begin_turn(
    tx: Transaction, user_id: UUID, command: SendMessage, thread_id: UUID, text: str, at: datetime
) -> BegunTurn:
    title = title_of(text)
    if command.thread is None:
        thread = Thread(
            id=thread_id,
            title=title,
            agent=command.agent,
            created_at=at,
            updated_at=at,
            running=True,
            temporary=command.temporary,
        )
        await threads.insert_thread(tx, user_id, thread, turns=1)
        return BegunTurn(0, thread)
    turn = await threads.begin_turn(tx, user_id, command.thread, command.agent, title, at)
    if turn is None:
        raise UnknownThread()
    return turn
