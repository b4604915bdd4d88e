"""End a run because its user says so; the text so far is kept."""

from uuid import UUID

from emergence.contracts.session.commands import StopRun
from emergence.contracts.session.frames import AckData
from emergence.contracts.session.problems import UnknownRun
from emergence.kernel.storage.database import Transaction
from emergence.session import figures
from emergence.session.answer_once import Answer, repeated_ack
from emergence.session.frames import LoggedFrame
from emergence.session.parts import Session
from emergence.session.runs.end_run import RunEnd, write_run_end
from emergence.session.runs.execute_run import start_waiting_runs
from emergence.session.runs.executing_run import Halt
from emergence.session.store import runs
from emergence.session.store.runs import StoredRun

QUEUED_SEQ = 1


async def stop_run(session: Session, user_id: UUID, command: StopRun, answer: Answer) -> None:
    """Carry the command out once and answer it; a run that is over already stays as it is.

    A run that nobody has begun ends here and now. One that streams is halted by whoever carries it
    out: at once on this instance and, as soon as the note of it arrives, on another; with the next
    renewal of its lease at the latest.
    Raises UnknownRun, CommandReused, DatabaseUnavailable.
    """
    async with session.order.of(user_id):
        async with session.database.transaction() as tx:
            run = await runs.lock_run(tx, user_id, command.run)
            if run is None:
                raise UnknownRun()
            ack = AckData(cid=command.cid, thread=run.thread_id, reply=run.message_id, run=run.id)
            repeated = await repeated_ack(tx, user_id, command, ack)
            frames = [] if repeated is not None else await _stop(session, tx, run)
        answer(repeated or ack)
        await session.bus.publish(user_id, frames)
    if (executing := session.runs.get(run.id)) is not None:
        executing.halt(Halt.STOPPED)
    elif frames:
        figures.runs_ended.labels("stopped").inc()
        await start_waiting_runs(session, user_id)
    elif run.state != "ended":
        session.bus.halt(run.id)


async def _stop(session: Session, tx: Transaction, run: StoredRun) -> list[LoggedFrame]:
    if run.state == "ended":
        return []
    at = session.clock.now()
    await runs.request_stop(tx, run.user_id, run.id, at)
    if run.state == "running" or session.runs.get(run.id) is not None:
        return []
    first = await runs.first_unended(tx, run.user_id, run.thread_id)
    is_waiting = first is None or first.id != run.id
    if not is_waiting and run.owner != session.instance:
        return []
    return await write_run_end(tx, run, RunEnd("stopped", "", QUEUED_SEQ), at)
