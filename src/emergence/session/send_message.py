"""Say something: store it with the run that will answer it, acknowledge, let everybody know, start the run."""

from datetime import datetime
from functools import partial
from uuid import UUID

from emergence.contracts.session.commands import SendMessage
from emergence.contracts.session.problems import UnknownThread
from emergence.contracts.session.threads import Thread
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction
from emergence.session.answer_once import Answer
from emergence.session.ask_once import Store, ask_once
from emergence.session.frames import LoggedFrame
from emergence.session.message_text import checked_text, title_of
from emergence.session.parts import Session
from emergence.session.queue_run import Asked, Question, QueuedRun, queue_question
from emergence.session.store import threads
from emergence.session.store.threads import BegunTurn, NewTurn


async def send_message(session: Session, user_id: UUID, command: SendMessage, answer: Answer) -> None:
    """Carry the command out once and answer it.

    Raises EmptyMessage, MessageTooLong, UnknownAgent, UnknownThread, CommandReused and
    DatabaseUnavailable; nothing is stored then.
    """
    text = checked_text(command.text)
    await session.agents.require(command.agent)
    asked = Asked(
        user_id,
        command.agent,
        command.language,
        command.time_zone,
        thread=command.thread or new_id(),
        message=new_id(),
        reply=new_id(),
        run=new_id(),
    )

    async def prepare(_: Transaction) -> tuple[Asked, Store]:
        return asked, partial(_store, session, command, asked, text)

    await ask_once(session, user_id, command, answer, prepare)


async def _store(
    session: Session, command: SendMessage, asked: Asked, text: str, tx: Transaction
) -> tuple[QueuedRun, list[LoggedFrame]]:
    at = session.clock.now()
    turn = await _begin_turn(tx, command, asked, text, at)
    return await queue_question(session, tx, asked, Question(text, turn.number, turn.parent), turn.thread, at)


async def _begin_turn(tx: Transaction, command: SendMessage, asked: Asked, text: str, at: datetime) -> BegunTurn:
    title = title_of(text)
    if command.thread is None:
        thread = Thread(
            id=asked.thread,
            title=title,
            agent=command.agent,
            created_at=at,
            updated_at=at,
            running=True,
            temporary=command.temporary,
        )
        await threads.insert_thread(tx, asked.user_id, thread, turns=1, leaf=asked.reply)
        return BegunTurn(0, None, thread)
    turn = await threads.begin_turn(tx, asked.user_id, NewTurn(asked.thread, asked.agent, title, asked.reply), at)
    if turn is None:
        raise UnknownThread()
    return turn
