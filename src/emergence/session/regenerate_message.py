"""Ask for another answer to the same question: a branch beside the earlier one."""

from functools import partial
from uuid import UUID

from emergence.contracts.session.branch_frames import MessageSuperseded, MessageSupersededData
from emergence.contracts.session.commands import RegenerateMessage
from emergence.contracts.session.frames import ThreadData, ThreadUpdated
from emergence.contracts.session.problems import NotRegenerable
from emergence.contracts.session.protocol import thread_topic, user_topic
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction
from emergence.session.answer_once import Answer
from emergence.session.answering_agent import answering_agent
from emergence.session.ask_once import Store, ask_once
from emergence.session.frames import Draft, LoggedFrame
from emergence.session.hold_message import hold_message
from emergence.session.parts import Session
from emergence.session.queue_run import Asked, QueuedRun, queue_answer
from emergence.session.store import branches, log, messages, threads
from emergence.session.store.messages import MessagePosition, PlacedMessage

UNFINISHED = ("queued", "streaming")


async def regenerate_message(session: Session, user_id: UUID, command: RegenerateMessage, answer: Answer) -> None:
    """Carry the command out once and answer it.

    Raises UnknownMessage, NotRegenerable (a question, an unfinished answer), UnknownAgent, CommandReused,
    DatabaseUnavailable; nothing is stored then.
    """
    if command.agent is not None:
        await session.agents.require(command.agent)

    async def prepare(tx: Transaction) -> tuple[Asked, Store]:
        earlier = await hold_message(tx, user_id, command.message)
        if earlier.message.role != "agent" or earlier.message.reply_to is None:
            raise NotRegenerable()
        asked = Asked(
            user_id,
            command.agent or await answering_agent(session, tx, user_id, earlier.message),
            command.language,
            command.time_zone,
            thread=earlier.message.thread,
            message=earlier.message.reply_to,
            reply=new_id(),
            run=new_id(),
            is_fork=True,
        )
        return asked, partial(_store, session, asked, earlier)

    await ask_once(session, user_id, command, answer, prepare)


async def _store(
    session: Session, asked: Asked, earlier: PlacedMessage, tx: Transaction
) -> tuple[QueuedRun, list[LoggedFrame]]:
    if earlier.message.status in UNFINISHED:
        raise NotRegenerable()
    at, user_id, turn = session.clock.now(), asked.user_id, earlier.position.turn
    await threads.touch_thread(tx, user_id, asked.thread, at)
    await branches.set_leaf(tx, user_id, asked.thread, asked.reply)
    slot = await messages.next_slot(tx, user_id, asked.thread, turn)
    queued = await queue_answer(session, tx, asked, MessagePosition(turn, slot), at)
    thread = await threads.read_thread(tx, user_id, asked.thread)
    assert thread is not None
    superseded = MessageSupersededData(message=earlier.message.id, by=asked.reply)
    drafts = [
        Draft(MessageSuperseded, thread_topic(asked.thread), superseded),
        *queued.drafts,
        Draft(ThreadUpdated, user_topic(user_id), ThreadData(thread=thread)),
    ]
    return queued, await log.append_drafts(tx, user_id, drafts, at)
