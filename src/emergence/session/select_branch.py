"""Show another branch of a thread, on every device."""

from uuid import UUID

from emergence.contracts.session.branch_frames import BranchSelected, BranchSelectedData
from emergence.contracts.session.commands import SelectBranch
from emergence.contracts.session.frames import AckData
from emergence.contracts.session.protocol import thread_topic
from emergence.session.answer_once import Answer, repeated_ack
from emergence.session.frames import Draft
from emergence.session.hold_message import hold_message
from emergence.session.parts import Session
from emergence.session.store import branches, log


async def select_branch(session: Session, user_id: UUID, command: SelectBranch, answer: Answer) -> None:
    """Carry the command out once and answer it; `message` in the answer is where the branch ends.

    Raises UnknownMessage, CommandReused, DatabaseUnavailable.
    """
    async with session.order.of(user_id):
        async with session.database.transaction() as tx:
            thread_id = (await hold_message(tx, user_id, command.message)).message.thread
            leaf = await branches.newest_leaf(tx, user_id, command.message)
            ack = AckData(cid=command.cid, thread=thread_id, message=leaf)
            repeated, frames = await repeated_ack(tx, user_id, command, ack), []
            if repeated is None and leaf != await branches.read_leaf(tx, user_id, thread_id):
                await branches.set_leaf(tx, user_id, thread_id, leaf)
                told = Draft(BranchSelected, thread_topic(thread_id), BranchSelectedData(leaf=leaf))
                frames = await log.append_drafts(tx, user_id, [told], session.clock.now())
        answer(repeated or ack)
        await session.bus.publish(user_id, frames)
