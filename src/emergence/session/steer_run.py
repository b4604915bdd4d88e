"""Say something to an answer that goes the wrong way: it ends with its text so far, and the new message is answered."""

from functools import partial
from uuid import UUID

from emergence.contracts.session.commands import SteerRun
from emergence.contracts.session.problems import UnknownRun, UnknownThread
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction
from emergence.session.answer_once import Answer
from emergence.session.ask_once import Store, ask_once
from emergence.session.frames import LoggedFrame
from emergence.session.halt_run import carry_out_halt, note_halt
from emergence.session.message_text import checked_text, title_of
from emergence.session.parts import Session
from emergence.session.queue_run import Asked, Question, QueuedRun, queue_question
from emergence.session.store import runs, threads
from emergence.session.store.runs import StoredRun
from emergence.session.store.threads import NewTurn


async def steer_run(session: Session, user_id: UUID, command: SteerRun, answer: Answer) -> None:
    """Carry the command out once and answer it; a run that is over already stays as it is, and the message is sent.

    The message goes to the end of the branch that is shown, after what waits there.
    Raises UnknownRun, UnknownThread, EmptyMessage, MessageTooLong, UnknownAgent, CommandReused, DatabaseUnavailable;
    nothing is stored then, and the run goes on.
    """
    text = checked_text(command.text)
    if command.agent is not None:
        await session.agents.require(command.agent)
    steered: list[tuple[StoredRun, bool]] = []

    async def prepare(tx: Transaction) -> tuple[Asked, Store]:
        run = await runs.lock_run(tx, user_id, command.run)
        if run is None:
            raise UnknownRun()
        asked = Asked(
            user_id,
            command.agent or run.agent,
            command.language,
            command.time_zone,
            thread=run.thread_id,
            message=new_id(),
            reply=new_id(),
            run=new_id(),
        )
        return asked, partial(store, run, asked)

    async def store(run: StoredRun, asked: Asked, tx: Transaction) -> tuple[QueuedRun, list[LoggedFrame]]:
        ended = await note_halt(session, tx, run)
        steered.append((run, bool(ended)))
        queued, said = await _say(session, asked, text, tx)
        return queued, [*ended, *said]

    await ask_once(session, user_id, command, answer, prepare)
    for run, has_ended in steered:
        await carry_out_halt(session, user_id, run, has_ended=has_ended)


async def _say(session: Session, asked: Asked, text: str, tx: Transaction) -> tuple[QueuedRun, list[LoggedFrame]]:
    at = session.clock.now()
    begun = NewTurn(asked.thread, asked.agent, title_of(text), asked.reply)
    turn = await threads.begin_turn(tx, asked.user_id, begun, at)
    if turn is None:
        raise UnknownThread()
    return await queue_question(session, tx, asked, Question(text, turn.number, turn.parent), turn.thread, at)
