"""Routes for administrators: accounts, login sessions, the audit log."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from emergence.auth import administer
from emergence.auth.hand_over_reset import hand_over_reset
from emergence.auth.read_audit import read_audit, verify_audit
from emergence.auth.request_parts import NEVER_STORED, NOT_FROM_OTHER_PAGE, CallerOfRequest, CurrentIdentity, Parts
from emergence.contracts.auth.account import SessionsRevoked
from emergence.contracts.auth.administration import (
    AdministeredSessions,
    AdministeredUsers,
    AuditedEvents,
    AuditVerification,
    ChangeRole,
    ChangeStatus,
    RevokeSessions,
)
from emergence.contracts.auth.by_mail import ResetLink

BIGGEST = 2**63 - 1

admin = APIRouter(prefix="/api/auth/admin", tags=["administration"], dependencies=[NEVER_STORED])


@admin.get("/users")
async def get_users(
    auth: Parts,
    identity: CurrentIdentity,
    words: Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")] = "",
    after: UUID | None = None,
) -> AdministeredUsers:
    """List accounts whose name or address holds `words`."""
    return await administer.list_users(auth, identity, words, after)


@admin.put("/users/{user_id}/status", status_code=204, dependencies=[NOT_FROM_OTHER_PAGE])
async def put_status(
    auth: Parts, identity: CurrentIdentity, user_id: UUID, request: ChangeStatus, caller: CallerOfRequest
) -> None:
    """Suspend an account, or let it in again."""
    await administer.change_status(auth, identity, user_id, request.status, caller)


@admin.put("/users/{user_id}/role", status_code=204, dependencies=[NOT_FROM_OTHER_PAGE])
async def put_role(
    auth: Parts, identity: CurrentIdentity, user_id: UUID, request: ChangeRole, caller: CallerOfRequest
) -> None:
    """Give an account another role."""
    await administer.change_role(auth, identity, user_id, request.role, caller)


@admin.post("/users/{user_id}/reset-link", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_reset_link(auth: Parts, identity: CurrentIdentity, user_id: UUID, caller: CallerOfRequest) -> ResetLink:
    """Mail somebody a link for a new password, or return it to hand over where nothing is mailed."""
    return await hand_over_reset(auth, identity, user_id, caller)


@admin.get("/sessions")
async def get_sessions(auth: Parts, identity: CurrentIdentity, user_id: UUID | None = None) -> AdministeredSessions:
    """List where people are signed in."""
    return await administer.list_sessions(auth, identity, user_id)


@admin.post("/sessions/revoke", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_revocation(
    auth: Parts, identity: CurrentIdentity, request: RevokeSessions, caller: CallerOfRequest
) -> SessionsRevoked:
    """End one login session, or all of a person."""
    ended = await administer.revoke_sessions(auth, identity, request.user_id, request.session_id, caller)
    return SessionsRevoked(revoked=ended)


@admin.get("/audit")
async def get_audit(
    auth: Parts, identity: CurrentIdentity, before: Annotated[int | None, Query(ge=1, le=BIGGEST)] = None
) -> AuditedEvents:
    """Read the audit log, latest first."""
    return await read_audit(auth, identity, before)


@admin.get("/audit/verify")
async def get_verification(auth: Parts, identity: CurrentIdentity) -> AuditVerification:
    """Say whether the audit log is as it was written."""
    return await verify_audit(auth, identity)
