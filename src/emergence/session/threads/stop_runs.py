"""End whatever runs in a thread that is deleted, here or on another instance, with its text kept."""

from uuid import UUID

from emergence.contracts.session.protocol import run_topic
from emergence.kernel.storage.database import Transaction
from emergence.session import figures
from emergence.session.frames import LoggedFrame
from emergence.session.parts import Session
from emergence.session.runs.end_run import RunEnd, write_run_end
from emergence.session.runs.execute_run import start_waiting_runs
from emergence.session.runs.executing_run import Halt
from emergence.session.store import log
from emergence.session.store.runs import StoredRun
from emergence.session.store.thread_erasure import lock_unended_runs

QUEUED_SEQ = 1


async def stop_runs_of_thread(session: Session, user_id: UUID, thread_id: UUID) -> None:
    """End every run of a deleted thread, in which none begins any more. Idempotent.

    The end is written here, not by whoever carries the run out: nothing runs once this returns.
    Its text is what was logged, which is all that anybody saw.
    """
    async with session.order.of(user_id):
        async with session.database.transaction() as tx:
            unended = await lock_unended_runs(tx, user_id, thread_id)
            frames = [frame for run in unended for frame in await _ended(session, tx, run)]
        await session.bus.publish(user_id, frames)
    for run in unended:
        figures.runs_ended.labels("stopped").inc()
        if (executing := session.runs.get(run.id)) is not None:
            executing.halt(Halt.LOST)
        else:
            session.bus.halt(run.id)
    if unended:
        await start_waiting_runs(session, user_id)


async def _ended(session: Session, tx: Transaction, run: StoredRun) -> list[LoggedFrame]:
    topic = await log.topic_state(tx, run.user_id, run_topic(run.id))
    texts = await log.texts_so_far(tx, run.user_id, [run.id])
    end = RunEnd("stopped", "".join(texts[run.id]), QUEUED_SEQ if topic is None else topic.last_seq)
    return await write_run_end(tx, run, end, session.clock.now())
