"""End a run because its user says so; the text so far is kept."""

from uuid import UUID

from emergence.contracts.session.commands import StopRun
from emergence.contracts.session.frames import AckData
from emergence.contracts.session.problems import UnknownRun
from emergence.session.answer_once import Answer, repeated_ack
from emergence.session.halt_run import carry_out_halt, note_halt
from emergence.session.parts import Session
from emergence.session.store import runs


async def stop_run(session: Session, user_id: UUID, command: StopRun, answer: Answer) -> None:
    """Carry the command out once and answer it; a run that is over already stays as it is.

    Raises UnknownRun, CommandReused, DatabaseUnavailable.
    """
    async with session.order.of(user_id):
        async with session.database.transaction() as tx:
            run = await runs.lock_run(tx, user_id, command.run)
            if run is None:
                raise UnknownRun()
            ack = AckData(cid=command.cid, thread=run.thread_id, reply=run.message_id, run=run.id)
            repeated = await repeated_ack(tx, user_id, command, ack)
            frames = [] if repeated is not None else await note_halt(session, tx, run)
        answer(repeated or ack)
        await session.bus.publish(user_id, frames)
    await carry_out_halt(session, user_id, run, has_ended=bool(frames))
