"""Say something else in place of an earlier message: a branch beside what was said, which stays.

What waits for its answer is no branch: it is changed where it stands.
"""

from functools import partial
from uuid import UUID

from emergence.contracts.session.commands import EditMessage
from emergence.contracts.session.problems import NotEditable, UnknownMessage
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction
from emergence.session.answer_once import Answer
from emergence.session.answering_agent import answering_agent
from emergence.session.ask_once import Store, ask_once
from emergence.session.change_waiting import change_waiting
from emergence.session.frames import LoggedFrame
from emergence.session.hold_message import hold_message
from emergence.session.message_text import checked_text, title_of
from emergence.session.parts import Session
from emergence.session.queue_run import Asked, Question, QueuedRun, queue_question
from emergence.session.store import threads
from emergence.session.store.threads import NewTurn


async def edit_message(session: Session, user_id: UUID, command: EditMessage, answer: Answer) -> None:
    """Carry the command out once and answer it.

    What still runs in the former branch goes on, and the new answer waits for it: stop it for an answer at once.
    Raises UnknownMessage, NotEditable (an answer), EmptyMessage, MessageTooLong, UnknownAgent, CommandReused,
    DatabaseUnavailable; nothing is stored then.
    """
    text = checked_text(command.text)
    if command.agent is not None:
        await session.agents.require(command.agent)
    if await change_waiting(session, user_id, command, text, answer):
        return

    async def prepare(tx: Transaction) -> tuple[Asked, Store]:
        earlier = (await hold_message(tx, user_id, command.message)).message
        if earlier.role != "user":
            raise NotEditable()
        asked = Asked(
            user_id,
            command.agent or await answering_agent(session, tx, user_id, earlier),
            command.language,
            command.time_zone,
            thread=earlier.thread,
            message=new_id(),
            reply=new_id(),
            run=new_id(),
            is_fork=True,
        )
        return asked, partial(_store, session, asked, text, earlier.parent)

    await ask_once(session, user_id, command, answer, prepare)


async def _store(
    session: Session, asked: Asked, text: str, parent: UUID | None, tx: Transaction
) -> tuple[QueuedRun, list[LoggedFrame]]:
    at = session.clock.now()
    begun = NewTurn(asked.thread, asked.agent, title_of(text), asked.reply)
    turn = await threads.begin_turn(tx, asked.user_id, begun, at)
    if turn is None:
        raise UnknownMessage()
    return await queue_question(session, tx, asked, Question(text, turn.number, parent), turn.thread, at)
