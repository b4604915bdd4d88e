"""End a run because its user says so, whether it has begun or not, here or elsewhere; the text so far is kept."""

from uuid import UUID

from emergence.kernel.storage.database import Transaction
from emergence.session import figures
from emergence.session.frames import LoggedFrame
from emergence.session.parts import Session
from emergence.session.runs.end_run import RunEnd, write_run_end
from emergence.session.runs.execute_run import start_waiting_runs
from emergence.session.runs.executing_run import Halt
from emergence.session.store import runs
from emergence.session.store.runs import StoredRun

QUEUED_SEQ = 1


async def is_unbegun(session: Session, tx: Transaction, run: StoredRun) -> bool:
    """Return whether nobody carries a run out that is locked, and nobody can before the transaction ends."""
    if run.state != "queued" or session.runs.get(run.id) is not None:
        return False
    first = await runs.first_unended(tx, run.user_id, run.thread_id)
    is_waiting = first is None or first.id != run.id
    return is_waiting or run.owner == session.instance


async def note_halt(session: Session, tx: Transaction, run: StoredRun) -> list[LoggedFrame]:
    """Write down that a run, which is locked, is to end. Returns the frames of its end if nobody had begun it."""
    if run.state == "ended":
        return []
    at = session.clock.now()
    await runs.request_stop(tx, run.user_id, run.id, at)
    if not await is_unbegun(session, tx, run):
        return []
    return await write_run_end(tx, run, RunEnd("stopped", "", QUEUED_SEQ), at)


async def carry_out_halt(session: Session, user_id: UUID, run: StoredRun, *, has_ended: bool) -> None:
    """After the commit: end the stream, or have the instance end it that has it; start what waited.

    At once on this instance and, as soon as the note of it arrives, on another; with the next renewal of the run's
    lease at the latest.
    """
    if (executing := session.runs.get(run.id)) is not None:
        executing.halt(Halt.STOPPED)
    elif has_ended:
        figures.runs_ended.labels("stopped").inc()
        await start_waiting_runs(session, user_id)
    elif run.state != "ended":
        session.bus.halt(run.id)
