"""End or take up runs whose instance died, with every word that was written kept."""

import structlog

from emergence.contracts.session.protocol import run_topic
from emergence.contracts.session.threads import RunOutcome
from emergence.kernel.storage.database import DatabaseUnavailable, Transaction
from emergence.session import figures
from emergence.session.frames import LoggedFrame
from emergence.session.parts import Session
from emergence.session.runs.end_run import RunEnd, write_run_end
from emergence.session.runs.execute_run import start_run
from emergence.session.store import log as frame_log
from emergence.session.store import runs
from emergence.session.store.runs import StoredRun

log = structlog.get_logger(__name__)

QUEUED_SEQ = 1  # a log that holds nothing but `run.queued`: chat may be asked anew, nobody saw anything


async def keep_recovering(session: Session) -> None:
    """Sweep for ever. After an outage of the database, owners first get a lease's time to show up again."""
    pause = session.settings.session_sweep_interval_seconds
    while True:
        try:
            await recover_runs(session)
        except DatabaseUnavailable:
            await session.clock.sleep(session.settings.session_run_lease_seconds)
        await session.clock.sleep(pause)


async def recover_runs(session: Session) -> None:
    """Deal with every run whose lease is over, then start what has become startable here."""
    for run in await runs.expired_runs(session.database, except_for=session.runs.ids()):
        await _recover(session, run)
    full = session.runs.users_with(session.settings.session_concurrent_runs_per_user)
    for run in await runs.startable_runs(session.database, session.instance, session.runs.ids(), full):
        start_run(session, run)


async def _recover(session: Session, run: StoredRun) -> None:
    async with session.order.of(run.user_id):
        async with session.database.transaction() as tx:
            locked = await runs.lock_expired(tx, run.id)
            if locked is None:
                return
            await runs.take_over(tx, run.id, session.instance, session.settings.session_run_lease_seconds)
            frames = await _written_end(session, tx, locked)
        await session.bus.publish(run.user_id, frames)


async def _written_end(session: Session, tx: Transaction, run: StoredRun) -> list[LoggedFrame]:
    topic = await frame_log.topic_state(tx, run.user_id, run_topic(run.id))
    last_seq = QUEUED_SEQ if topic is None else topic.last_seq
    if run.state == "queued" and last_seq == QUEUED_SEQ and not run.is_stop_requested:
        log.info("run_taken_over", run_id=str(run.id))
        return []
    texts = await frame_log.texts_so_far(tx, run.user_id, [run.id])
    outcome: RunOutcome = "stopped" if run.is_stop_requested else "interrupted"
    log.warning("run_interrupted", run_id=str(run.id), outcome=outcome)
    figures.runs_ended.labels(outcome).inc()
    end = RunEnd(outcome, "".join(texts[run.id]), last_seq)
    return await write_run_end(tx, run, end, session.clock.now())
