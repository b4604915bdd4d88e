"""Carry a run out, and end it with exactly the text that was streamed."""

from collections.abc import Sequence

import structlog

from emergence.kernel.storage.database import DatabaseUnavailable
from emergence.session import figures
from emergence.session.frames import LoggedFrame
from emergence.session.outlast_outage import outlast_outage
from emergence.session.parts import Session
from emergence.session.runs.end_run import RunEnd, write_run_end
from emergence.session.runs.executing_run import ExecutingRun, Halt
from emergence.session.runs.flusher import RunLost
from emergence.session.runs.follow_reply import follow_reply
from emergence.session.store import runs
from emergence.session.store.runs import StoredRun

log = structlog.get_logger(__name__)


def start_run(session: Session, run: StoredRun) -> None:
    """Carry a run out in a task of its own, unless this instance does so already or is going away."""
    if session.runs.tasks is None or session.runs.get(run.id) is not None:
        return
    executing = ExecutingRun(run, session.settings.session_reply_silence_seconds.total_seconds())
    session.runs.start(executing, _execute_at_edge(session, executing))


async def start_next_run(session: Session, ended: StoredRun) -> None:
    """Start the run whose turn has come in a thread, if it is ours; should this fail, the sweep does it."""
    try:
        async with session.database.connection() as connection:
            following = await runs.first_unended(connection, ended.user_id, ended.thread_id)
    except DatabaseUnavailable:
        return
    if following is not None and following.state == "queued" and following.owner == session.instance:
        start_run(session, following)


async def _execute_at_edge(session: Session, executing: ExecutingRun) -> None:
    try:
        with figures.runs_executing.track_inprogress():
            await execute_run(session, executing)
    except (DatabaseUnavailable, RunLost) as lost:
        log.warning("run_left_to_sweep", run_id=str(executing.run.id), reason=type(lost).__name__)
    except Exception:
        # Its lease runs out, and the sweep ends it as interrupted with the text that was written.
        log.exception("run_failed", run_id=str(executing.run.id))
    finally:
        session.runs.remove(executing.run.id)
    await start_next_run(session, executing.run)


async def execute_run(session: Session, executing: ExecutingRun) -> None:
    """Carry a run out to its end.

    Raises RunLost and DatabaseUnavailable when ending it is left to whoever finds its lease over.
    """
    end = await follow_reply(session, executing)
    if executing.halted is Halt.LOST:
        raise RunLost(str(executing.run.id))
    executing.log.end_text()
    await session.flusher.flushed(executing.log)
    await _finish(session, executing.run, RunEnd(end.outcome, executing.log.text, executing.log.last_seq, end.problem))
    figures.runs_ended.labels(end.outcome).inc()


async def _finish(session: Session, run: StoredRun, end: RunEnd) -> None:
    written: Sequence[LoggedFrame] = ()

    async def attempt() -> None:
        nonlocal written
        async with session.order.of(run.user_id):
            async with session.database.transaction() as tx:
                locked = await runs.lock_run(tx, run.user_id, run.id)
                if locked is None or locked.owner != session.instance:
                    raise RunLost(str(run.id))
                # Ended already: an earlier attempt was committed, though its confirmation got lost.
                if locked.state != "ended":
                    written = await write_run_end(tx, run, end, session.clock.now())
            await session.bus.publish(run.user_id, written)

    await outlast_outage(session.clock, session.settings.session_outage_limit_seconds, attempt)
