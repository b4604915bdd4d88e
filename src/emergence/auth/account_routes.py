"""Routes about one's own account: where one is signed in, the password, the second factor."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from emergence.auth import enrol_totp
from emergence.auth.change_password import change_password
from emergence.auth.my_sessions import list_my_sessions, revoke_my_session, revoke_my_sessions
from emergence.auth.read_audit import read_own_audit
from emergence.auth.request_parts import (
    NEVER_STORED,
    NOT_FROM_OTHER_PAGE,
    CallerOfRequest,
    Cookie,
    CurrentIdentity,
    Cursor,
    Parts,
    PartyOfRequest,
    hand_out,
)
from emergence.auth.set_first_password import set_first_password
from emergence.auth.step_up import step_up
from emergence.contracts.auth.account import (
    ChangePassword,
    MySessions,
    RecoveryCodes,
    SecondFactorStatus,
    SessionsRevoked,
    SetFirstPassword,
    TotpCode,
    TotpEnrolment,
)
from emergence.contracts.auth.administration import AuditedEvents
from emergence.contracts.auth.signing_in import SignedIn, StepUp

account = APIRouter(prefix="/api/auth", tags=["account"], dependencies=[NEVER_STORED])


@account.get("/my-sessions")
async def get_my_sessions(auth: Parts, identity: CurrentIdentity, before: Cursor = None) -> MySessions:
    """List where the caller is signed in, the latest used first."""
    return await list_my_sessions(auth, identity, before)


@account.post("/my-sessions/{session_id}/revoke", status_code=204, dependencies=[NOT_FROM_OTHER_PAGE])
async def post_revocation(auth: Parts, identity: CurrentIdentity, session_id: UUID, caller: CallerOfRequest) -> None:
    """End one of the caller's login sessions."""
    await revoke_my_session(auth, identity, session_id, caller)


@account.post("/my-sessions/revoke-others", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_revocation_of_others(auth: Parts, identity: CurrentIdentity, caller: CallerOfRequest) -> SessionsRevoked:
    """End all of the caller's login sessions but this one."""
    return SessionsRevoked(revoked=await revoke_my_sessions(auth, identity, caller, but_this=True))


@account.post("/my-sessions/revoke-all", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_revocation_of_all(auth: Parts, identity: CurrentIdentity, caller: CallerOfRequest) -> SessionsRevoked:
    """End all of the caller's login sessions, this one too."""
    return SessionsRevoked(revoked=await revoke_my_sessions(auth, identity, caller, but_this=False))


@account.post("/change-password", status_code=204, dependencies=[NOT_FROM_OTHER_PAGE])
async def post_password(
    auth: Parts, identity: CurrentIdentity, request: ChangePassword, caller: CallerOfRequest
) -> None:
    """Replace the caller's password; every other login session ends."""
    await change_password(auth, identity, request, caller)


@account.post("/set-password", status_code=204, dependencies=[NOT_FROM_OTHER_PAGE])
async def post_first_password(
    auth: Parts, identity: CurrentIdentity, request: SetFirstPassword, caller: CallerOfRequest
) -> None:
    """Choose a password for the caller's account, which has none."""
    await set_first_password(auth, identity, request, caller)


@account.get("/my-activity")
async def get_activity(
    auth: Parts, identity: CurrentIdentity, before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None
) -> AuditedEvents:
    """Read what the caller did and what was done to their account, latest first."""
    return await read_own_audit(auth, identity, before)


@account.post("/step-up", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_step_up(
    auth: Parts,
    identity: CurrentIdentity,
    request: StepUp,
    party: PartyOfRequest,
    caller: CallerOfRequest,
    cookie: Cookie,
) -> SignedIn:
    """Prove again who one is; the session goes on under another id, with other tokens."""
    return hand_out(cookie, await step_up(auth, identity, request, party, caller))


@account.get("/2fa/status")
async def get_second_factor(auth: Parts, identity: CurrentIdentity) -> SecondFactorStatus:
    """Say whether a second factor is asked of the caller."""
    return await enrol_totp.read_status(auth, identity)


@account.post("/2fa/enable", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_enrolment(auth: Parts, identity: CurrentIdentity) -> TotpEnrolment:
    """Begin to add an authenticator app."""
    return await enrol_totp.begin_enrolment(auth, identity)


@account.post("/2fa/verify", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_confirmation(
    auth: Parts, identity: CurrentIdentity, request: TotpCode, caller: CallerOfRequest
) -> RecoveryCodes:
    """Confirm the authenticator app by its first code."""
    return await enrol_totp.confirm_enrolment(auth, identity, request.code, caller)


@account.post("/2fa/recovery-codes", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_recovery_codes(auth: Parts, identity: CurrentIdentity, caller: CallerOfRequest) -> RecoveryCodes:
    """Make new recovery codes; the earlier ones are worth nothing."""
    return await enrol_totp.renew_recovery_codes(auth, identity, caller)


@account.post("/2fa/disable", status_code=204, dependencies=[NOT_FROM_OTHER_PAGE])
async def post_removal(auth: Parts, identity: CurrentIdentity, request: TotpCode, caller: CallerOfRequest) -> None:
    """Remove the second factor, by one of its codes."""
    await enrol_totp.disable_second_factor(auth, identity, request.code, caller)
