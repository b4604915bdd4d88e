"""Routes for administrators: accounts, login sessions, the audit log."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from emergence.auth import administer, impersonate, rotate_keys
from emergence.auth.hand_over_reset import hand_over_reset
from emergence.auth.read_audit import export_audit, read_audit, verify_audit
from emergence.auth.request_parts import (
    NEVER_STORED,
    NOT_FROM_OTHER_PAGE,
    CallerOfRequest,
    CurrentIdentity,
    Cursor,
    Parts,
)
from emergence.auth.store.audit import AuditFilter
from emergence.contracts.auth.account import SessionsRevoked
from emergence.contracts.auth.administration import (
    AdministeredKeys,
    AdministeredPerson,
    AdministeredSessions,
    AdministeredUsers,
    AuditedEvents,
    AuditKind,
    AuditVerification,
    ChangeRole,
    ChangeStatus,
    Impersonate,
    Impersonation,
    Outcome,
    RevokeSessions,
)
from emergence.contracts.auth.by_mail import ResetLink
from emergence.contracts.auth.values import Moment
from emergence.kernel.wire.ndjson import NDJSON_CONTENT_TYPE, NdjsonResponse

BIGGEST = 2**63 - 1


async def _wanted(
    person: Annotated[UUID | None, Query(description="who did it, or to whom it was done")] = None,
    kind: Annotated[AuditKind | None, Query(description="a type of event, or its beginning up to the dot")] = None,
    outcome: Outcome | None = None,
    since: Moment | None = None,
    until: Annotated[Moment | None, Query(description="the first moment that is no longer looked at")] = None,
) -> AuditFilter:
    return AuditFilter(person, kind or "", outcome, since, until)


Wanted = Annotated[AuditFilter, Depends(_wanted)]

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


@admin.get("/users/{user_id}")
async def get_user(auth: Parts, identity: CurrentIdentity, user_id: UUID) -> AdministeredPerson:
    """Read one account in full, without its secrets."""
    return await administer.read_person(auth, identity, user_id)


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


@admin.post("/users/{user_id}/reset-mfa", status_code=204, dependencies=[NOT_FROM_OTHER_PAGE])
async def post_reset(auth: Parts, identity: CurrentIdentity, user_id: UUID, caller: CallerOfRequest) -> None:
    """Remove the second factors of somebody who lost them."""
    await administer.reset_second_factor(auth, identity, user_id, caller)


@admin.post("/users/{user_id}/impersonate", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_impersonation(
    auth: Parts, identity: CurrentIdentity, user_id: UUID, request: Impersonate, caller: CallerOfRequest
) -> Impersonation:
    """Look at somebody's account as they see it, for a quarter of an hour; they are told."""
    return await impersonate.impersonate(auth, identity, user_id, request.reason, caller)


@admin.post("/impersonation/renew", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_renewal(auth: Parts, identity: CurrentIdentity) -> Impersonation:
    """Get another token for the impersonation that asks, until it is over."""
    return await impersonate.renew_impersonation(auth, identity)


@admin.post("/impersonation/end", status_code=204, dependencies=[NOT_FROM_OTHER_PAGE])
async def post_end(auth: Parts, identity: CurrentIdentity, caller: CallerOfRequest) -> None:
    """End the impersonation that asks, or those that were begun from the session that asks. Idempotent."""
    await impersonate.end_impersonation(auth, identity, caller)


@admin.get("/sessions")
async def get_sessions(
    auth: Parts, identity: CurrentIdentity, user_id: UUID | None = None, before: Cursor = None
) -> AdministeredSessions:
    """List where people are signed in, the latest used first."""
    return await administer.list_sessions(auth, identity, user_id, before)


@admin.post("/sessions/revoke", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_revocation(
    auth: Parts, identity: CurrentIdentity, request: RevokeSessions, caller: CallerOfRequest
) -> SessionsRevoked:
    """End one login session, all of a person, or all there are; the body names exactly one of these."""
    if request.everybody:
        return SessionsRevoked(revoked=await administer.revoke_everybody(auth, identity, caller))
    ended = await administer.revoke_sessions(auth, identity, request.user_id, request.session_id, caller)
    return SessionsRevoked(revoked=ended)


@admin.get("/keys")
async def get_keys(auth: Parts, identity: CurrentIdentity) -> AdministeredKeys:
    """List the keys that sign and verify access tokens."""
    return await rotate_keys.list_keys(auth, identity)


@admin.post("/keys/rotate", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_rotation(
    auth: Parts, identity: CurrentIdentity, caller: CallerOfRequest, compromised: bool = False
) -> AdministeredKeys:
    """Replace the key that signs access tokens; a compromised one at once, with all that it signed."""
    return await rotate_keys.rotate_keys(auth, identity, caller, compromised=compromised)


@admin.get("/audit")
async def get_audit(
    auth: Parts,
    identity: CurrentIdentity,
    wanted: Wanted,
    before: Annotated[int | None, Query(ge=1, le=BIGGEST)] = None,
) -> AuditedEvents:
    """Read the audit log, latest first."""
    return await read_audit(auth, identity, wanted, before)


@admin.get(
    "/audit/export",
    response_class=StreamingResponse,
    responses={200: {"description": "AuditedEvent a line", "content": {NDJSON_CONTENT_TYPE: {}}}},
)
async def get_export(auth: Parts, identity: CurrentIdentity, wanted: Wanted, caller: CallerOfRequest) -> Response:
    """Read the audit log as JSON lines, latest first, as far as one answer goes."""
    return NdjsonResponse(await export_audit(auth, identity, wanted, caller))


@admin.get("/audit/verify")
async def get_verification(auth: Parts, identity: CurrentIdentity) -> AuditVerification:
    """Say whether the audit log is as it was written."""
    return await verify_audit(auth, identity)
