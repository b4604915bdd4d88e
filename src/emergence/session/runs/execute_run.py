"""Carry a run out, and end it with exactly the text that was streamed."""

from collections.abc import Sequence
from uuid import UUID

import structlog

from emergence.kernel.failure_of import failure_of
from emergence.kernel.storage.database import DatabaseUnavailable
from emergence.kernel.storage.outlast_outage import outlast_outage
from emergence.session import figures
from emergence.session.frames import LoggedFrame
from emergence.session.parts import Session
from emergence.session.runs.end_run import RunEnd, write_run_end
from emergence.session.runs.executing_run import ExecutingRun, Halt
from emergence.session.runs.flusher import RunLost
from emergence.session.runs.follow_reply import follow_reply
from emergence.session.store import runs
from emergence.session.store.runs import StoredRun

log = structlog.get_logger(__name__)


def start_run(session: Session, run: StoredRun) -> None:
    """Carry a run out in a task of its own, unless this instance does so already or is going away.

    When as many of the user's are carried out as may be at once, it stays queued: the end of one of
    them starts it.
    """
    if session.runs.tasks is None or session.runs.get(run.id) is not None:
        return
    if session.runs.of_user(run.user_id) >= session.settings.session_concurrent_runs_per_user:
        return
    executing = ExecutingRun(run, session.settings.session_reply_silence_seconds.total_seconds())
    if run.is_stop_requested:  # through another instance, while it waited here
        executing.halt(Halt.STOPPED)
    session.runs.start(executing, _execute_at_edge(session, executing))


async def start_waiting_runs(session: Session, user_id: UUID, place_of: StoredRun | None = None) -> None:
    """Start those of a user's runs whose turn has come, the oldest first; should this fail, the sweep does it.

    `place_of` is a run that is over: it makes room only now, so that a message that is sent at this
    moment does not overtake what waits.
    """
    async with session.order.of(user_id):
        try:
            waiting = await runs.startable_runs_of_user(
                session.database, session.instance, user_id, except_for=session.runs.ids()
            )
        except DatabaseUnavailable:
            waiting = []
        if place_of is not None:
            session.runs.remove(place_of.id)
        for run in waiting:
            start_run(session, run)


async def _execute_at_edge(session: Session, executing: ExecutingRun) -> None:
    try:
        await _execute_logged(session, executing)
        await start_waiting_runs(session, executing.run.user_id, place_of=executing.run)
    finally:
        session.runs.remove(executing.run.id)


async def _execute_logged(session: Session, executing: ExecutingRun) -> None:
    with figures.runs_executing.track_inprogress():
        failed = await failure_of(execute_run(session, executing))
    # Its lease runs out, and the sweep ends it as interrupted with the text that was written.
    if isinstance(failed, DatabaseUnavailable | RunLost):
        log.warning("run_left_to_sweep", run_id=str(executing.run.id), reason=type(failed).__name__)
    elif failed is not None:
        log.error("run_failed", run_id=str(executing.run.id), exc_info=failed)


async def execute_run(session: Session, executing: ExecutingRun) -> None:
    """Carry a run out to its end.

    Raises RunLost and DatabaseUnavailable when ending it is left to whoever finds its lease over.
    """
    end = await follow_reply(session, executing)
    if executing.halted is Halt.LOST:
        raise RunLost(str(executing.run.id))
    executing.log.end_text()
    await session.flusher.flushed(executing.log)
    text, last_seq = executing.log.text, executing.log.last_seq
    await _finish(session, executing.run, RunEnd(end.outcome, text, last_seq, end.finish_reason, end.problem))
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
