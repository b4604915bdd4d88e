"""What session tells other services about. Events name things and never quote them: the bus keeps events for weeks."""

from typing import ClassVar
from uuid import UUID

from emergence.kernel.events.event import Event


class LiveSessionExpired(Event):
    """A person was warned and did nothing until the deadline: whoever comes to their screen must sign in."""

    name: ClassVar[str] = "session.live_session_expired.v1"

    login_session_id: UUID
    user_id: UUID

    def subject(self) -> str:
        return f"user:{self.user_id}"


class OfThread(Event):
    """Something happened to a person's thread. Temporary threads are never told of, unless they are erased."""

    user_id: UUID
    thread_id: UUID

    def subject(self) -> str:
        return f"thread:{self.thread_id}"


class MessageStored(OfThread):
    """A message is whole and stays as it is: a person's when it is sent, an agent's when its run is over.

    An edited question and an answer that was asked for again are new messages; what they replace is still said.
    """

    name: ClassVar[str] = "session.message_stored.v1"

    message_id: UUID


class MessageChanged(OfThread):
    """A message that was stored says something else now, or is gone: it was still waiting to be answered."""

    name: ClassVar[str] = "session.message_changed.v1"

    message_id: UUID


class ThreadImported(OfThread):
    """A thread came in from a file, with everything that was said in it."""

    name: ClassVar[str] = "session.thread_imported.v1"


class ThreadDeleted(OfThread):
    """A thread is nowhere any more, but can still be restored."""

    name: ClassVar[str] = "session.thread_deleted.v1"


class ThreadRestored(OfThread):
    """A deleted thread is back as it was."""

    name: ClassVar[str] = "session.thread_restored.v1"


class ThreadErased(OfThread):
    """A thread is gone for good."""

    name: ClassVar[str] = "session.thread_erased.v1"
