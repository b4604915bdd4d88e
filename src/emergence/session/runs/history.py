"""What an agent is shown of a thread."""

from collections.abc import Sequence

from emergence.contracts.chat import Turn
from emergence.contracts.session.threads import Message
from emergence.kernel.storage.database import Database
from emergence.session.store.messages import read_history
from emergence.session.store.runs import StoredRun

MESSAGES_READ = 400


async def history_of(database: Database, run: StoredRun, max_characters: int) -> list[Turn]:
    """Return the turns before a run's answer, oldest first; the last one is the question."""
    newest_first = await read_history(database, run.user_id, run.message_id, MESSAGES_READ)
    return bounded_turns(newest_first, max_characters)


def bounded_turns(newest_first: Sequence[Message], max_characters: int) -> list[Turn]:
    """Return the newest messages that fit, oldest first.

    The rule: the question is always whole; then, going back, each message is taken whole while the
    sum stays within `max_characters`, and the first that does not fit ends it. What remains
    begins with a user's message, because models refuse a conversation that an agent opens.
    """
    turns: list[Turn] = []
    length = 0
    for message in newest_first:
        text = "".join(part.text for part in message.parts)
        length += len(text)
        if turns and length > max_characters:
            break
        turns.append(Turn(role=message.role, agent=message.agent, text=text))
    while turns and turns[-1].role == "agent":
        turns.pop()
    return turns[::-1]
