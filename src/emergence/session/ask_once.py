"""Ask an agent once, whatever was said and however often the command comes: store, acknowledge, tell, start the run."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from emergence.contracts.session.commands import Identified
from emergence.kernel.storage.database import Transaction
from emergence.session.answer_once import Answer, repeated_ack
from emergence.session.frames import LoggedFrame
from emergence.session.parts import Session
from emergence.session.queue_run import Asked, QueuedRun
from emergence.session.runs.execute_run import start_run

Store = Callable[[Transaction], Awaitable[tuple[QueuedRun, list[LoggedFrame]]]]
Prepare = Callable[[Transaction], Awaitable[tuple[Asked, Store]]]


async def ask_once(session: Session, user_id: UUID, command: Identified, answer: Answer, prepare: Prepare) -> None:
    """Carry a command out once and answer it.

    `prepare` says what is asked and how that is stored, in the transaction in which it is; a command that came before
    gets its former answer and stores nothing. Raises CommandReused, DatabaseUnavailable, and what both raise.
    """
    async with session.order.of(user_id):
        async with session.database.transaction() as tx:
            asked, store = await prepare(tx)
            ack = asked.ack(command.cid)
            if (repeated := await repeated_ack(tx, user_id, command, ack)) is None:
                queued, frames = await store(tx)
        if repeated is not None:
            answer(repeated)
            return
        answer(ack)
        await session.bus.publish(user_id, frames)
    if queued.is_first:
        start_run(session, queued.run)
