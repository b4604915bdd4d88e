"""What session tells other services about."""

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
