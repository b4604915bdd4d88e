"""What administrators see and do: accounts, login sessions, the audit log."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from emergence.contracts.auth.values import Role, Strict

AccountStatus = Literal["active", "suspended"]
ShownStatus = Literal["active", "suspended", "deletion_pending"]


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
    user_id: UUID
    display_name: str
    email: str | None
    agent: str | None
    network: str | None
    created_at: datetime
    last_seen_at: datetime


class AdministeredSessions(BaseModel):
    """Where people are signed in, the latest used first."""

    sessions: list[AdministeredSession]


class ChangeStatus(Strict):
    """Suspend an account, or let it in again."""

    status: AccountStatus


class ChangeRole(Strict):
    """Give an account another role."""

    role: Role


class RevokeSessions(Strict):
    """End one login session, all of a person, or with `everybody` all there are."""

    session_id: UUID | None = None
    user_id: UUID | None = None
    everybody: bool = False


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
    outcome: Literal["success", "failure"]
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


class AuditVerification(BaseModel):
    """Whether the log is as it was written; `broken_at` is the first row that is not."""

    rows: int
    broken_at: int | None
