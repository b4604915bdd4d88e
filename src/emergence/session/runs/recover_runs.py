"""End or take up runs whose instance died, with every word that was written kept."""

from collections.abc import Sequence
from math import inf

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
    """Sweep for ever. After an outage of the database, owners first get half a lease to show up again.

    A look that comes late was held up by an outage too: a lease that ran out counts only where its owner
    had the time to renew it.
    """
    pause, lease = session.settings.session_sweep_interval_seconds, session.settings.session_run_lease_seconds
    grace_s, late_s = (lease / 2).total_seconds(), (pause + lease / 2).total_seconds()
    looked_s, steady_since_s = session.clock.elapsed_s(), -inf
    while True:
        try:
            expired = await runs.expired_runs(session.database, lease / 2, except_for=session.runs.ids())
            now_s = session.clock.elapsed_s()
            if now_s - looked_s > late_s:
                steady_since_s = now_s
            looked_s = now_s
            await recover_runs(session, expired if now_s - steady_since_s >= grace_s else ())
        except DatabaseUnavailable:
            looked_s = -inf
        await session.clock.sleep(pause)


async def recover_runs(session: Session, expired: Sequence[StoredRun]) -> None:
    """Deal with runs whose lease is over, then start what has become startable here."""
    for run in expired:
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
