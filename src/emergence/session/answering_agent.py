"""Who answers where nobody is named."""

from uuid import UUID

from emergence.contracts.session.threads import Message
from emergence.kernel.storage.database import Transaction
from emergence.session.parts import Session
from emergence.session.store import branches, threads


async def answering_agent(session: Session, tx: Transaction, user_id: UUID, message: Message) -> str:
    """Return who gave an answer, or the first one to a question; the thread's agent where that one is not here."""
    agent = message.agent or await branches.first_answering(tx, user_id, message)
    if agent is not None and not session.agents.is_gone(agent):
        return agent
    thread = await threads.read_thread(tx, user_id, message.thread)
    return "" if thread is None else thread.agent
