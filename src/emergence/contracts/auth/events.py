"""What auth tells other services about."""

from typing import ClassVar
from uuid import UUID

from emergence.kernel.events.event import Event


class LoginSessionRevoked(Event):
    """A login session can no longer be used; its sockets must close."""

    name: ClassVar[str] = "auth.login_session_revoked.v1"

    session_id: UUID
    user_id: UUID
    reason: str

    def subject(self) -> str:
        return f"user:{self.user_id}"


class AccountShut(Event):
    """Nobody may come in with this account any more: it was suspended, or its person is to be deleted.

    It may be opened again; what its person had shown to strangers is not.
    """

    name: ClassVar[str] = "auth.account_shut.v1"

    user_id: UUID

    def subject(self) -> str:
        return f"user:{self.user_id}"


class UserDeleted(Event):
    """A person is no more: whoever holds anything of them erases it."""

    name: ClassVar[str] = "auth.user_deleted.v1"

    user_id: UUID

    def subject(self) -> str:
        return f"user:{self.user_id}"
