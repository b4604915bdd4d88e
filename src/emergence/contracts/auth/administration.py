"""What administrators see and do: accounts, login sessions, the audit log."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from emergence.contracts.auth.values import Role, Sentence, Strict

AccountStatus = Literal["active", "suspended"]
ShownStatus = Literal["active", "suspended", "deletion_pending"]
Outcome = Literal["success", "failure"]
AuditKind = Annotated[str, Field(max_length=80, pattern=r"^[a-z_]+(\.[a-z0-9_]+)*$")]


class AdministeredUser(BaseModel):
    """An account as administrators see it."""

    user_id: UUID
    display_name: str
    email: str | None
    role: Role
    status: ShownStatus
    created_at: datetime
    has_second_factor: bool
    sessions: int = Field(description="places where they are signed in")
    last_seen_at: datetime | None


class AdministeredUsers(BaseModel):
    """Accounts in the order of their making; `next` goes into `after` of the following request."""

    users: list[AdministeredUser]
    next: UUID | None = None


class AdministeredSession(BaseModel):
    """A live login session and whose it is."""

    id: UUID
    is_current: bool = Field(description="the one that asks")
    user_id: UUID
    display_name: str
    email: str | None
    agent: str | None
    network: str | None
    created_at: datetime
    last_seen_at: datetime
    impersonator_name: str | None = Field(default=None, description="the administrator who looks at this account")


class AdministeredSessions(BaseModel):
    """Where people are signed in, the latest used first."""

    sessions: list[AdministeredSession]
    next: str | None = Field(default=None, description="goes into `before` of the following request")


class AdministeredEmail(BaseModel):
    """An address of an account."""

    email: str
    is_primary: bool
    verified_at: datetime | None


class AdministeredPerson(AdministeredUser):
    """One account in full; never a secret."""

    emails: list[AdministeredEmail]
    has_password: bool
    password_changed_at: datetime | None
    must_change_password: bool
    totp_confirmed_at: datetime | None
    passkeys: int
    recovery_codes_left: int
    deletion_due_at: datetime | None = Field(description="when the account is erased unless that is undone")


class Impersonate(Strict):
    """Look at somebody's account as they see it; the reason is kept in the audit log."""

    reason: Annotated[Sentence, Field(min_length=10, max_length=500)]


class Impersonation(BaseModel):
    """A look at somebody's account: it may read, and ends by itself. No cookie and no refresh token belong to it."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int = Field(description="seconds; renew before, until `ends_at`")
    session_id: UUID
    ends_at: datetime
    ends_in: int = Field(description="seconds; clocks of browsers differ")
    user_id: UUID
    role: Role
    email: str | None
    display_name: str


class ChangeStatus(Strict):
    """Suspend an account, or let it in again."""

    status: AccountStatus


class ChangeRole(Strict):
    """Give an account another role."""

    role: Role


class RevokeSessions(Strict):
    """End one login session, all of a person, or with `everybody` all there are; exactly one of the three."""

    session_id: UUID | None = None
    user_id: UUID | None = None
    everybody: bool = False

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        """Refuse a request that could be read in two ways: the wider one would sign out people who were not meant."""
        if [self.session_id is not None, self.user_id is not None, self.everybody].count(True) != 1:
            raise PydanticCustomError("not_one", "exactly one of session_id, user_id and everybody must be given")
        return self


class AdministeredKey(BaseModel):
    """A key of access tokens: published from `created_at`, it signs from `signs_from`, verifies until `purged_at`."""

    kid: str
    alg: str
    state: Literal["next", "active", "retired"]
    created_at: datetime
    signs_from: datetime
    retired_at: datetime | None
    purged_at: datetime | None


class AdministeredKeys(BaseModel):
    """The published keys, oldest first."""

    keys: list[AdministeredKey]
    replaced_every_days: float


class AuditedEvent(BaseModel):
    """Something that happened to an account; people who were erased have no name any more."""

    seq: int
    at: datetime
    type: str
    outcome: Outcome
    actor: UUID | None
    actor_name: str | None
    subject: UUID | None
    subject_name: str | None
    session_id: UUID | None
    network: str | None
    agent: str | None
    data: dict[str, str | int | bool]
    request_id: str | None


class AuditedEvents(BaseModel):
    """A page of the audit log, latest first; `next` goes into `before` of the following request."""

    events: list[AuditedEvent]
    next: int | None = None


class AuditExportCut(BaseModel):
    """The last line of an export that holds not everything: events before `next` are missing."""

    cut: Literal[True] = True
    next: int


class AuditVerification(BaseModel):
    """Whether the log is as it was written; `broken_at` is the first row that is not."""

    rows: int
    broken_at: int | None
